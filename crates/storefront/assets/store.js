// Every page works without this script. It adds a running total, copy buttons and live updates.
(() => {
  "use strict";
  const announcer = document.querySelector("[data-announcer]");
  const announce = (text) => {
    if (announcer) announcer.textContent = text;
  };

  // Amounts are integers in minor units; a float would misprice large orders.
  const decimal = (minor, exponent) => {
    const digits = minor.toString().padStart(exponent + 1, "0");
    const point = digits.length - exponent;
    return exponent ? `${digits.slice(0, point)}.${digits.slice(point)}` : digits;
  };

  const total = (form) => {
    const out = form.querySelector("[data-total-out]");
    const units = form.querySelector("input[name=units]")?.value.trim();
    if (!out || units === undefined) return;
    const { priceMinor, exponent, currency } = form.dataset;
    out.textContent = /^\d{1,18}$/.test(units)
      ? `${decimal(BigInt(priceMinor) * BigInt(units), Number(exponent))} ${currency}`
      : "–";
  };

  const copy = async (button) => {
    const source = document.querySelector(button.dataset.copy);
    if (!source) return;
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
    } catch {
      getSelection().selectAllChildren(source);
      announce("Selected. Copy it with the keyboard");
      return;
    }
    announce("Copied");
    const label = (button.dataset.label ??= button.textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = label), 2000);
  };

  // Also called on content that polling brings in.
  const activate = (root) => {
    for (const button of root.querySelectorAll("button[data-copy]")) button.hidden = false;
    for (const form of root.querySelectorAll("form[data-total]")) {
      for (const button of form.querySelectorAll("[data-noscript]")) button.hidden = true;
      total(form);
    }
  };

  const poll = async (region) => {
    const path = region.dataset.live;
    let pause = 1000;
    try {
      const response = document.hidden ? null : await fetch(path);
      if (response?.ok) {
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const fresh = page.getElementById(region.id);
        if (!fresh) return;
        activate(fresh);
        if (fresh.innerHTML !== region.innerHTML) region.replaceChildren(...fresh.childNodes);
        if (!fresh.dataset.live) {
          region.removeAttribute("data-live");
          return announce("This page was updated");
        }
      } else if (response) pause = 5000;
    } catch {
      pause = 5000;
    }
    setTimeout(poll, pause, region);
  };

  document.addEventListener("input", ({ target }) => {
    const form = target.closest("form[data-total]");
    if (form) total(form);
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-copy]");
    if (button) copy(button);
  });
  // Ignores a second click on a submit button.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 3000);
  });
  activate(document);
  for (const region of document.querySelectorAll("[data-live][id]")) setTimeout(poll, 1000, region);
})();
