/* The practice area's comforts: an answer that streams in, quiet hints while typing, templates to fill in. */

// --- an answer as it comes --------------------------------------------------------------------------------

// Pieces are appended as text, never as HTML; what the server has cleaned takes their place at the end.
const follow = (box) => {
  const status = box.parentElement.querySelector("[data-status]");
  const source = new EventSource(`${box.dataset.stream}?after=${box.dataset.seen}`);
  source.addEventListener("delta", (event) => {
    box.append(JSON.parse(event.data).text);
    if (status) status.hidden = true;
  });
  source.addEventListener("queue", (event) => {
    const { before } = JSON.parse(event.data);
    if (status && before) status.textContent = status.dataset.before.replace("0", before);
  });
  source.addEventListener("done", () => {
    source.close();
    showResult(box);
  });
  source.addEventListener("error", () => {
    // The browser connects again by itself and says where it was; only a refusal is final.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => showResult(box), 1500);
  });
};

// Only this answer is drawn anew: beside it somebody may be marking what is wrong in the other one.
const showResult = async (box) => {
  await htmx.ajax("GET", box.dataset.result, { target: box.closest("article"), swap: "outerHTML" });
  followAll();
};

// Without JavaScript the page loads itself again while an answer comes, so nothing on it can be filled in; here it can.
const letFillIn = () => {
  for (const field of document.querySelectorAll("[data-waits]")) field.disabled = field.readOnly = false;
};

const followAll = () => {
  letFillIn();
  for (const box of document.querySelectorAll("[data-stream]:not([data-followed])")) {
    box.dataset.followed = "";
    follow(box);
  }
};

// --- hints while typing -----------------------------------------------------------------------------------

const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");

const findings = (text, rules, facts) => {
  const found = new Map();
  for (const criterion of rules.criteria) {
    for (const pattern of criterion.patterns) {
      const match = text.match(new RegExp(pattern, rules.flags));
      if (match) found.set(criterion.key, (match[rules.group] ?? match[0]).trim());
    }
  }
  const said = facts.flatMap((fact) => fact.words).filter((word) => text.toLowerCase().includes(word.toLowerCase()));
  if (said.length) found.set("context", said.slice(0, 2).join(", "));
  return found;
};

const drawHints = (box, text, rules, facts, weights) => {
  const found = findings(text, rules, facts);
  box.replaceChildren(
    ...rules.criteria
      .filter(({ key }) => key in weights)
      .map(({ key, label, hint }) => {
        const pill = document.createElement("span");
        pill.className = found.has(key) ? "pill ok" : "pill";
        pill.append(found.has(key) ? `✓ ${label} ` : label);
        if (found.has(key)) {
          const words = document.createElement("b");
          words.textContent = found.get(key).slice(0, 28);
          pill.append(words);
        } else {
          pill.title = hint;
        }
        return pill;
      }),
  );
};

const composer = document.getElementById("composer");
if (composer) {
  const editor = composer.querySelector("#prompt");
  const hints = composer.querySelector("#hints");
  const [rules, facts, weights] = ["live-rules", "live-facts", "live-weights"].map(read);
  let waiting;
  const draw = () => drawHints(hints, editor.value, rules, facts, weights);
  editor.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(draw, 300);
    keep(editor.value);
  });
  // What was typed outlives a closed tab's reload; it stays in this tab and goes when it is sent.
  const place = `practice:${composer.dataset.exercise}`;
  const keep = (text) => sessionStorage.setItem(place, text);
  const kept = sessionStorage.getItem(place);
  // Kept until the server shows that it arrived: a lost connection or an ended session costs nothing.
  if (kept && kept.trim() === editor.value.trim()) sessionStorage.removeItem(place);
  else if (kept && !editor.hasAttribute("aria-invalid")) editor.value = kept;
  draw();
  // The model reads the material while the learner does; the first word then comes soon after the prompt.
  if (composer.dataset.ahead && !document.querySelector("[data-stream]")) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", composer.querySelector("[name=csrfmiddlewaretoken]").value);
    fetch(composer.dataset.ahead, { method: "POST", body }).catch(() => {}); // a comfort, and no more
  }
}

// --- templates --------------------------------------------------------------------------------------------

for (const card of document.querySelectorAll("[data-fill]")) {
  const filled = card.querySelector("textarea");
  const body = filled.value;
  const inputs = [...card.querySelectorAll("[data-placeholder]")];
  const fill = () => {
    filled.value = body.replace(/\{\{\s*([^{}\n]{1,60}?)\s*\}\}/gu, (whole, name) => {
      const input = inputs.find((each) => each.dataset.placeholder === name);
      return input?.value || whole;
    });
  };
  card.querySelector("[data-placeholders]")?.removeAttribute("hidden");
  for (const input of inputs) input.addEventListener("input", fill);
  const button = card.querySelector("[data-copy]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(filled.value).catch(() => {
      filled.select();
      document.execCommand("copy");
    });
    card.querySelector("[data-copied]").textContent = button.dataset.done;
  });
}

followAll();
