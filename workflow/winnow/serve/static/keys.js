// Keys press what is on the page: a button or link that carries data-key, or after "e" a reason that carries data-reason.
// Without this file everything works by hand.
"use strict";

const reasons = document.getElementById("reasons");
const exclude = document.getElementById("exclude");
let sent = false;

function choosing(on) {
  reasons.classList.toggle("folded", !on);
  exclude.setAttribute("aria-expanded", String(on));
  if (on) reasons.focus();
  else exclude.focus();
}

if (reasons) {
  reasons.classList.add("folded");
  exclude.setAttribute("aria-expanded", "false");
  exclude.addEventListener("click", () => choosing(reasons.classList.contains("folded")));
}

document.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
});
window.addEventListener("pageshow", () => { sent = false; });

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const open = reasons && !reasons.classList.contains("folded");
  if (event.key === "Escape") {
    if (open) choosing(false);
    else document.activeElement.blur();
    return;
  }
  if (event.target.closest("input, textarea, select")) return;
  if (open && /^[0-9]$/.test(event.key)) {
    const reason = reasons.querySelector(`[data-reason="${event.key}"]`);
    if (reason) { event.preventDefault(); reason.click(); }
    return;
  }
  if (event.key === "h") {
    document.body.classList.toggle("plain");
    return;
  }
  const wanted = /^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
  if (!wanted) return;
  event.preventDefault();
  const missing = wanted.dataset.needs && document.getElementById(wanted.dataset.needs);
  if (missing && !missing.value.trim()) missing.focus();
  else wanted.click();
});
