// The playground as you type: the form is sent in the background, and what the page says of it is put in its place.
"use strict";

const form = document.getElementById("playground");
const WAIT = 250; // milliseconds without a key
let timer = 0;
let asked = null;

function openDetails() {
  return new Map([...document.querySelectorAll("#result details[id]")].map((one) => [one.id, one.open]));
}

function show(page) {
  const open = openDetails();
  for (const id of ["result", "samples"]) {
    document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
  }
  document.getElementById("summary").textContent = page.getElementById("summary").textContent;
  for (const [id, was] of open) {
    const found = document.getElementById(id);
    if (found) found.open = was;
  }
}

async function ask() {
  if (asked) asked.abort();
  const mine = (asked = new AbortController());
  const body = new URLSearchParams(new FormData(form));
  body.append("live", "yes");
  form.classList.add("asking");
  try {
    const answer = await fetch(form.action, { method: "POST", body, signal: mine.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (page.getElementById("result")) show(page);
    else document.getElementById("summary").textContent = page.querySelector(".lead").textContent;
  } catch (error) {
    if (error.name === "AbortError") return;
    document.getElementById("summary").textContent = "The server does not answer.";
  }
  if (asked === mine) form.classList.remove("asking");
}

if (form) {
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    ask();
  });
  if (document.getElementById("payload").value.trim() && !document.querySelector("#result .mapping")) ask();
}
