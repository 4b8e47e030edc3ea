// Starts the CMS widgets that Wagtail would start by a script in the page, which the content security policy forbids.
// The page says what to start in an inert element, <template data-cms-start="PageChooser">["id_page", {…}]</template>,
// which also works in a row that is added to a form or a dialog that is opened later.
(() => {
  const functions = new Set(["initDateChooser", "initTimeChooser", "initDateTimeChooser", "createTaskChooser"]);
  const constructors = new Set([
    "InlinePanel",
    "MultipleChooserPanel",
    "Chooser",
    "PageChooser",
    "ImageChooser",
    "DocumentChooser",
    "SnippetChooser",
  ]);

  const start = (element) => {
    const name = element.dataset.cmsStart;
    const known = functions.has(name) || constructors.has(name);
    if (!known || typeof window[name] !== "function") return;
    element.removeAttribute("data-cms-start");
    const values = JSON.parse(element.content.textContent);
    if (functions.has(name)) window[name](...values);
    else new window[name](...values);
  };

  const startAll = () => document.querySelectorAll("template[data-cms-start]").forEach(start);

  document.addEventListener("DOMContentLoaded", () => {
    startAll();
    new MutationObserver((mutations) => {
      if (mutations.some((mutation) => mutation.addedNodes.length > 0)) startAll();
    }).observe(document.body, { childList: true, subtree: true });
  });
})();
