// The rich text editor writes small <style> elements into the page (placeholders, nested lists), which the content
// security policy forbids. Here each becomes an inert element with the same text, and a style sheet that the document
// adopts for as long as that element stands in the page; the policy allows sheets that are made by script.
(() => {
  const create = document.createElement.bind(document);
  const sheets = new Map();

  const follow = () => {
    for (const [element, sheet] of sheets) {
      const isAdopted = document.adoptedStyleSheets.includes(sheet);
      if (element.isConnected && !isAdopted) document.adoptedStyleSheets.push(sheet);
      if (!element.isConnected && isAdopted) {
        document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
        sheets.delete(element);
      }
    }
  };

  const standIn = () => {
    const element = create("template");
    const sheet = new CSSStyleSheet();
    sheets.set(element, sheet);
    new MutationObserver(() => sheet.replaceSync(element.textContent)).observe(element, {
      characterData: true,
      childList: true,
      subtree: true,
    });
    return element;
  };

  document.createElement = (name, options) =>
    String(name).toLowerCase() === "style" ? standIn() : create(name, options);
  new MutationObserver(follow).observe(document.documentElement, { childList: true, subtree: true });
})();
