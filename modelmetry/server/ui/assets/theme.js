// Runs before the first paint, so that a chosen theme does not flash; the policy allows no inline script.
(() => {
  try {
    const theme = localStorage.getItem("modelmetry.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be blocked: then the page follows the system.
  }
})();
