# Thin on purpose: each target is one or two plain commands. `make` alone lists them.
# Running and testing Remit needs Go only; lint and generate also fetch golangci-lint (with Go) and buf (with npm).

GOLANGCI_VERSION := v2.15.0
GRPCURL_VERSION := v1.9.3
PROTOVALIDATE_VERSION := v1.2.2
VALIDATE_SHA256 := a1dc1163ebac930b3b070655b91f2bc78df8b4aea940021661fe5ec7904a7b88

TOOLS := .ci/tools
GOLANGCI := $(TOOLS)/bin/golangci-lint-$(GOLANGCI_VERSION)
BUF := $(TOOLS)/node_modules/.bin/buf
GRPCURL := $(TOOLS)/bin/grpcurl-$(GRPCURL_VERSION)
VALIDATE := $(TOOLS)/protovalidate/buf/validate/validate.proto
STYLE := api/console/_style
CONSOLE := api/console/assets/built/console.css
# The proto schema of the last release, as `make release-image` leaves it.
RELEASED := .ci/released.binpb

.DEFAULT_GOAL := help
.PHONY: help run console build test race soak lint lint-go lint-proto lint-mod generate tools breaking release-image bench screenshots clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

run: console ## start a register on this machine
	go run ./cmd/remit serve

console: $(CONSOLE) ## compile the console's style sheet (needs npm; without it the pages are plainer)

build: ## build the remit binary into .ci/tools/bin
	go build -o $(TOOLS)/bin/remit ./cmd/remit

test: ## run every test (needs Go only)
	go test -timeout 30m ./...

# A browser and LibreOffice find no races that requests do not. Neither do tests of what is answered, which make one request
# after another and take minutes of the race detector: matrices of rights, papers made again, what pages say. A container's
# recipe builds a program without it.
SLOW := Browser|AreAccessible|PlainPages|ByKeyboard|LibreOffice|Matrix|PaperAgain|AreSound|HostileText|ContainerRecipe
race: ## run the tests of what runs concurrently under the race detector (needs a C compiler)
	go test -race -timeout 30m -skip '$(SLOW)' ./api/... ./cmd/... ./eventstore/... ./projections/...

SOAK := 2m
soak: ## mixed load for two minutes, or for as long as SOAK=30m says: memory, goroutines, archive, and the log verifies
	go test -run '^TestSoak$$' -count=1 -timeout 60m -v ./cmd/remit -soak $(SOAK)

lint: lint-proto lint-mod lint-go ## check style, import directions, the proto schema and that generated code is current

lint-go: $(GOLANGCI) ## check the Go code only
	$(GOLANGCI) run

lint-mod: ## check that go.mod and go.sum are tidy
	go mod tidy -diff

lint-proto: $(BUF) $(VALIDATE) breaking ## check the proto schema, and that the generated code is current
	$(BUF) lint
	$(BUF) format --diff --exit-code proto
	.ci/check-generated $(BUF)

generate: $(BUF) $(VALIDATE) ## regenerate the Go code beside the proto files
	$(BUF) format --write proto
	$(BUF) generate

tools: $(BUF) $(GRPCURL) ## install the clients of others that tests ask a register with (buf, grpcurl); without them these are skipped

breaking: $(BUF) $(VALIDATE) ## check that the schema breaks nothing of the last release
	@if test -f $(RELEASED); then set -x; $(BUF) breaking proto --against $(RELEASED); \
	else echo "breaking: nothing released yet, so nothing to compare with ($(RELEASED) is missing)"; fi

release-image: $(BUF) $(VALIDATE) ## keep the schema as that of a release, for later `make breaking`
	$(BUF) build proto --exclude-source-info -o $(RELEASED)

bench: ## measure, against the raw limits of this machine
	go run ./cmd/remit bench

screenshots: console ## write what the console's pages look like into .ci/screenshots (needs chromium and npm)
	go test ./api/console -run '^(TestPagesAreAccessible|TestPlainPages)$$' -count=1 -timeout 15m -args -screenshots "$(CURDIR)/.ci/screenshots"

clean: ## remove what was built and fetched
	rm -rf $(TOOLS)/bin $(TOOLS)/node_modules $(TOOLS)/protovalidate .ci/screenshots
	go clean -testcache

$(GOLANGCI):
	GOBIN="$(CURDIR)/$(TOOLS)/bin" go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv $(TOOLS)/bin/golangci-lint $@

$(GRPCURL):
	GOBIN="$(CURDIR)/$(TOOLS)/bin" go install github.com/fullstorydev/grpcurl/cmd/grpcurl@$(GRPCURL_VERSION)
	mv $(TOOLS)/bin/grpcurl $@

$(BUF): $(TOOLS)/package-lock.json
	npm ci --prefix $(TOOLS) --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

# The rules' own schema: not committed, since it is another project's; needed only to lint and to generate.
$(VALIDATE): Makefile
	mkdir -p $(@D)
	go mod download github.com/bufbuild/protovalidate@$(PROTOVALIDATE_VERSION)
	cp "$$(go env GOMODCACHE)/github.com/bufbuild/protovalidate@$(PROTOVALIDATE_VERSION)/proto/protovalidate/buf/validate/validate.proto" $@.tmp
	echo "$(VALIDATE_SHA256)  $@.tmp" | sha256sum --check --quiet
	chmod u+w $@.tmp && mv $@.tmp $@

# Where npm is missing, the console does without.
$(CONSOLE): $(STYLE)/console.scss $(STYLE)/package-lock.json
	@if command -v npm >/dev/null; then set -e; \
	echo "npm ci --prefix $(STYLE), then sass: $@"; \
	npm ci --prefix $(STYLE) --ignore-scripts --no-audit --no-fund --silent; \
	mkdir -p $(@D)/images; \
	cp $(STYLE)/node_modules/nhsuk-frontend/dist/nhsuk/assets/images/nhsuk-icon-*.svg $(@D)/images/; \
	$(STYLE)/node_modules/.bin/sass --load-path=$(STYLE)/node_modules --style=compressed --no-source-map --quiet-deps $< $@; \
	else echo "npm is missing: the console's pages will be plainer"; fi
