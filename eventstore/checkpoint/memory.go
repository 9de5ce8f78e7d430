package checkpoint

import "unsafe"

// sliceHeader is a slice as the runtime keeps it.
type sliceHeader struct {
	data     unsafe.Pointer
	len, cap int
}

// at is the value of a type that is at p.
func at[T any](p unsafe.Pointer) *T { return (*T)(p) }

// beyond is what is so many bytes after p, in the same value.
func beyond(p unsafe.Pointer, offset uintptr) unsafe.Pointer {
	return unsafe.Add(p, offset)
}

// bytesAt is the memory of a value without pointers.
func bytesAt(p unsafe.Pointer, size uintptr) []byte {
	if size == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(p), size)
}
