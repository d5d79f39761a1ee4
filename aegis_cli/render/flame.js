"use strict";
// Zooms and searches the flame graphs of this page. Each box is an <svg class="box"> whose x and
// width are percentages of the whole; a box below another and within its bounds is called by it.
for (const figure of document.querySelectorAll("figure.flames")) {
  const svg = figure.querySelector("svg.flame");
  const boxes = Array.from(svg.querySelectorAll("svg.box"), (element) => ({
    element,
    start: parseFloat(element.getAttribute("x")),
    width: parseFloat(element.getAttribute("width")),
    top: parseInt(element.getAttribute("y"), 10),
    text: element.querySelector("title").textContent.toLowerCase(),
  }));
  const tolerance = 0.002;

  const holds = (outer, inner) =>
    inner.start >= outer.start - tolerance &&
    inner.start + inner.width <= outer.start + outer.width + tolerance;

  const place = (box, start, width) => {
    box.element.style.display = "";
    box.element.setAttribute("x", start + "%");
    box.element.setAttribute("width", width + "%");
    if (width >= 0.5) {
      box.element.setAttribute("tabindex", "0");
    } else {
      box.element.removeAttribute("tabindex");
    }
  };

  const zoom = (target) => {
    for (const box of boxes) {
      if (target === null) {
        place(box, box.start, box.width);
      } else if (box.top < target.top && holds(box, target)) {
        place(box, 0, 100);
      } else if (box.top >= target.top && holds(target, box)) {
        const scale = 100 / target.width;
        place(box, (box.start - target.start) * scale, box.width * scale);
      } else {
        box.element.style.display = "none";
      }
    }
    reset.hidden = target === null;
  };

  const search = () => {
    const wanted = input.value.trim().toLowerCase();
    const found = boxes.filter((box) => wanted !== "" && box.text.includes(wanted));
    for (const box of boxes) {
      box.element.classList.toggle("hit", found.includes(box));
    }
    // A call within another hit is counted with that one.
    const outermost = found.filter(
      (box) => !found.some((other) => other.top < box.top && holds(other, box)),
    );
    const share = outermost.reduce((sum, box) => sum + box.width, 0);
    status.textContent =
      wanted === "" ? "" : figure.dataset.found + ": " + found.length + ", " + share.toFixed(1) + " %";
  };

  const input = document.createElement("input");
  input.type = "search";
  input.placeholder = figure.dataset.search;
  input.setAttribute("aria-label", figure.dataset.search);
  input.addEventListener("input", search);
  const reset = document.createElement("button");
  reset.type = "button";
  reset.textContent = figure.dataset.reset;
  reset.addEventListener("click", () => zoom(null));
  const status = document.createElement("output");
  const bar = document.createElement("div");
  bar.className = "tools";
  bar.append(input, reset, status);
  svg.before(bar);
  figure.querySelector("p").hidden = false;

  const boxAt = (target) => {
    const element = target.closest("svg.box");
    return boxes.find((box) => box.element === element) || null;
  };
  svg.addEventListener("click", (event) => zoom(boxAt(event.target)));
  figure.addEventListener("keydown", (event) => {
    const box = boxAt(event.target);
    if (event.key === "Escape") {
      zoom(null);
    } else if ((event.key === "Enter" || event.key === " ") && box !== null) {
      event.preventDefault();
      zoom(box);
    }
  });
  zoom(null);
}
