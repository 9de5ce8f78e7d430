// What JavaScript adds: nothing that a page needs. The error summary is what a reader hears first.
const summary = document.getElementById("error-summary");
if (summary) {
  summary.focus();
}
