/* Small comforts. Everything works without this file. */

// A menu closes when the pointer or the focus goes elsewhere, and on Escape.
const menus = () => document.querySelectorAll("details.me[open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// After a part of the page was replaced, the reader is taken to what is new.
document.addEventListener("htmx:afterSettle", () => {
  const news = document.querySelector("[data-news]");
  if (!news) return;
  news.focus({ preventScroll: true });
  news.scrollIntoView({ block: "center", behavior: "smooth" });
});

// Sending failed: say what happened, keep what was entered, offer the plain way.
const asksAgain = (event) => event.detail.elt.hasAttribute("data-asks-again");

const tell = (id) => (event) => {
  const notice = document.getElementById(id);
  notice.hidden = false;
  if (!asksAgain(event)) notice.focus();
};

document.addEventListener("htmx:sendError", tell("connection-notice"));
document.addEventListener("htmx:timeout", tell("connection-notice"));
document.addEventListener("htmx:responseError", tell("stale-notice"));

// What asks again by itself takes nobody's focus, takes its complaint back once it is answered, and leaves it to the
// browser when it was led elsewhere, such as to the sign-in.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!asksAgain(event)) return;
  if (new URL(event.detail.xhr.responseURL).pathname !== location.pathname) {
    event.detail.shouldSwap = false;
    location.reload();
  } else if (event.detail.xhr.status < 400) {
    document.getElementById("connection-notice").hidden = true;
  }
});
