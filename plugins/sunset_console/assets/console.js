// Airflow shows these pages in a frame that no link can leave. Where there is such a frame, Airflow's own page
// follows the links that lead back to it; everywhere else, and without this script, they are plain links.
for (const link of document.querySelectorAll("a[data-airflow]")) {
  link.addEventListener("click", (event) => {
    if (window.parent === window) return;
    event.preventDefault();
    const twin = window.parent.document.createElement("a");
    twin.href = link.href;
    window.parent.document.body.append(twin);
    twin.click();
    twin.remove();
  });
}
