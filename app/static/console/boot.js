// Runs before the first paint: puts .rail (narrow or hidden menu) and .roomy (tall screen) on <html>.
(() => {
  const root = document.documentElement;
  const narrow = matchMedia("(max-width: 1279px)");
  const tall = matchMedia("(min-height: 900px)");
  const apply = () => {
    root.classList.toggle("rail", root.dataset.tree === "hidden" || narrow.matches);
    root.classList.toggle("roomy", root.dataset.density ? root.dataset.density === "regular" : tall.matches);
  };
  narrow.addEventListener("change", apply);
  tall.addEventListener("change", apply);
  addEventListener("shell:prefs", apply);
  apply();
})();
