// What a person makes of a page. Each function of `page` is called from Rust by its name.
const squeezed = text => (text ?? "").replace(/\s+/g, " ").trim();

const shown = element =>
  element.checkVisibility({ opacityProperty: true, visibilityProperty: true });

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

const tag = element => element.cloneNode(false).outerHTML.slice(0, 120);

// What is written on a thing, and what it says to those who do not see it.
const names = element => {
  const written = element instanceof HTMLInputElement ? element.value : element.innerText;
  const images = all("img[alt]", element).map(image => image.alt);
  const labelledBy = (element.getAttribute("aria-labelledby") ?? "").split(/\s+/).filter(Boolean);
  const others = labelledBy.map(id => document.getElementById(id)?.innerText ?? "").join(" ");
  return [written, images.join(" "), element.getAttribute("aria-label"), others]
    .map(squeezed)
    .filter(Boolean);
};

// The text of a label without that of the control in it.
const wording = label => {
  const inner = squeezed(all("select, textarea, button", label)[0]?.innerText);
  return squeezed(squeezed(label.innerText).replace(inner, ""));
};

const controls = root => [
  ...all("label", root)
    .filter(label => label.control && shown(label))
    .map(label => [wording(label), label.control]),
  ...all("input:not([type=hidden]), select, textarea", root)
    .filter(control => shown(control) && !control.labels.length)
    .flatMap(control => names(control).map(name => [name, control])),
];

// Those of that very name, or else those with it in theirs.
const called = (pairs, name) => {
  const exact = pairs.filter(([text]) => text === name);
  const found = exact.length ? exact : pairs.filter(([text]) => text.includes(name));
  return [...new Set(found.map(([, element]) => element))];
};

const only = (kind, pairs, name, found = called(pairs, name)) => {
  if (found.length === 1) return { element: found[0] };
  const known = [...new Set(pairs.map(([text]) => `“${text}”`))].join(", ") || "none";
  return {
    problem: found.length
      ? `“${name}” could be any of ${found.length}: ${found.map(tag).join(" ")}`
      : `no ${kind} is called “${name}”; there are ${known}`,
  };
};

const usable = found =>
  found.element?.matches(":disabled, [aria-disabled=true]")
    ? { problem: `it is disabled: ${tag(found.element)}` }
    : found;

// How far up from `element` the text is found next to it.
const distance = (element, text) => {
  let steps = 0;
  for (let at = element; at; at = at.parentElement, steps += 1) {
    if (squeezed(at.innerText).includes(text)) return steps;
  }
  return Infinity;
};

// Those that come out lowest.
const nearest = (elements, measure) => {
  const least = Math.min(...elements.map(measure));
  return elements.filter(element => measure(element) === least);
};

const PRESSABLE =
  "a[href], button, summary, input[type=submit], input[type=button], [role=button], [role=link]";

const page = {
  text: () => document.body?.innerText.replace(/[^\S\n]+/g, " ").replace(/\n\s*\n/g, "\n").trim(),

  heading: () => squeezed(all("h1").find(shown)?.innerText),

  width: () => document.documentElement.clientWidth,

  control: name => usable(only("control", controls(document), name)),

  value: name => {
    const found = only("control", controls(document), name);
    if (!found.element) return found;
    return { value: found.element.value + (found.element.checked ? ", checked" : "") };
  },

  // A box or a dot may be drawn by its label.
  box: name => {
    const boxes = controls(document).filter(([, box]) => ["checkbox", "radio"].includes(box.type));
    const found = usable(only("box", boxes, name));
    if (!found.element) return found;
    return { element: shown(found.element) ? found.element : found.element.labels[0],
             checked: found.element.checked };
  },

  option: (name, wanted) => {
    const selects = controls(document).filter(([, control]) => control.matches("select"));
    const legends = all("fieldset > legend").filter(shown);
    const groups = legends.map(legend => [squeezed(legend.innerText), legend.parentElement]);
    const found = usable(only("choice", [...selects, ...groups], name));
    if (!found.element) return found;
    if (found.element.matches("select")) {
      const options = [...found.element.options].map(option => [squeezed(option.text), option]);
      return usable(only("option", options, wanted));
    }
    const dots = controls(found.element).filter(([, control]) => control.type === "radio");
    const dot = usable(only("option", dots, wanted));
    return dot.element && !shown(dot.element) ? { element: dot.element.labels[0] } : dot;
  },

  // Of several, what is nearest to the other text; what belongs to the page before what is around
  // it; what does something before what leads somewhere.
  pressable: (name, beside) => {
    const pairs = all(PRESSABLE).filter(shown).flatMap(it => names(it).map(text => [text, it]));
    let found = called(pairs, name);
    if (beside) found = nearest(found, it => distance(it, beside)).filter(
      it => distance(it, beside) < Infinity);
    found = nearest(found, it => (it.closest("main, dialog") ? 0 : 1));
    found = nearest(found, it => (it.matches("a") ? 1 : 0));
    const places = new Set(found.map(it => it.href));
    if (found[0]?.href && places.size === 1) found = [found[0]];
    const kind = beside ? `button or link beside “${beside}”` : "button or link";
    return usable(only(kind, pairs, name, found));
  },

  focused: () => {
    const element = document.activeElement;
    if (!element || element === document.body) return { names: [], ring: false };
    const labels = [...(element.labels ?? [])].map(wording);
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    return { names: [...labels, ...names(element)], ring: outlined || style.boxShadow !== "none" };
  },

  // What reaches farthest to the right, unless it scrolls by itself.
  overflow: () => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return null;
    const contained = element => {
      for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
        if (getComputedStyle(at).overflowX !== "visible") return true;
      }
      return false;
    };
    const right = element => Math.round(element.getBoundingClientRect().right + scrollX);
    const widest = all("body *")
      .filter(element => !contained(element))
      .reduce((most, element) => (most && right(most) > right(element) ? most : element), null);
    return { page: scrollWidth, window: clientWidth, widest: widest ? tag(widest) : "" };
  },
};
