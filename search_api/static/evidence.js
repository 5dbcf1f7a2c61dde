// Comforts only: every page works without this file.
"use strict";

document.documentElement.classList.add("js");

document.addEventListener("DOMContentLoaded", () => {
  // On a narrow screen the filters wait behind their heading.
  const filters = document.getElementById("filters");
  if (filters && window.matchMedia("(max-width: 60rem)").matches) {
    filters.open = false;
  }

  // What a pointer shows as a tooltip, a tap shows at the foot of the screen.
  const text = document.querySelector(".text");
  if (text) {
    const note = document.createElement("p");
    note.className = "note";
    note.setAttribute("role", "status");
    note.hidden = true;
    document.body.append(note);
    text.addEventListener("click", (event) => {
      const marked = event.target.closest("[title]");
      note.hidden = !marked;
      note.textContent = marked ? `${marked.textContent}: ${marked.title}` : "";
    });
  }
});

// "/" goes to the search box, as in most search pages.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const box = document.getElementById("q");
  if (event.key === "/" && box && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});
