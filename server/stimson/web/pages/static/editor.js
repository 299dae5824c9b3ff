// Turns the query form into an editor: highlighting, errors by line, completion of variables,
// prefixes, classes, properties, concepts and names. The form does the asking, as without it.
"use strict";

(() => {
  const MOST = 60; // completions at a time
  const WORD = /[?$]?[\p{L}\p{N}_.:-]*$/u;
  const LOCAL = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;

  let terms = null;
  const loadTerms = () => {
    terms ??= fetch("/sparql/terms").then((reply) => (reply.ok ? reply.json() : {}), () => ({}));
    return terms;
  };

  const ask = async (address) => {
    try {
      const reply = await fetch(address);
      return reply.ok ? ((await reply.json()).result ?? []) : [];
    } catch {
      return [];
    }
  };

  // Names that begin so; else those that sound or look alike.
  const suggestNames = async (word) => {
    if (word.length < 2) return [];
    const text = encodeURIComponent(word);
    const found = await ask(`/reconcile/suggest/entity?prefix=${text}`);
    return found.length || word.length < 4 ? found : ask(`/reconcile?query=${text}&limit=5`);
  };

  const writeName = (id) => {
    const at = id.indexOf("/");
    const [kind, local] = [id.slice(0, at), id.slice(at + 1)];
    return LOCAL.test(local) ? `${kind}:${local}` : null;
  };

  const hintOf = (text, label) => ({ text, displayText: label ? `${text}   ${label}` : text });

  const rank = (entry, word) => {
    const [text, label] = entry;
    const [short, name] = [text.toLowerCase(), label.toLowerCase()];
    if (short.startsWith(word)) return 0;
    if (short.slice(short.indexOf(":") + 1).startsWith(word)) return 1;
    if (name.startsWith(word)) return 2;
    return short.includes(word) || name.includes(word) ? 3 : -1;
  };

  const variables = (text, word) => {
    const found = new Set(text.match(/[?$][\p{L}\p{N}_]+/gu) ?? []);
    found.delete(word);
    return [...found].filter((each) => each.startsWith(word)).sort().map((each) => hintOf(each));
  };

  const complete = async (editor) => {
    const cursor = editor.getCursor();
    const before = editor.getLine(cursor.line).slice(0, cursor.ch);
    const word = WORD.exec(before)[0];
    const from = { line: cursor.line, ch: cursor.ch - word.length };
    if (/^[?$]/.test(word)) return { list: variables(editor.getValue(), word), from, to: cursor };
    const asked = word.toLowerCase();
    const [known, names] = await Promise.all([loadTerms(), suggestNames(word.replace(/^\w*:/, ""))]);
    const prefix = word.includes(":") ? word.slice(0, word.indexOf(":") + 1) : "";
    const entries = (known.terms ?? [])
      .map((entry) => [rank(entry, asked), entry])
      .filter(([order]) => order >= 0)
      .sort(([one], [other]) => one - other)
      .map(([, [text, label]]) => hintOf(text, label));
    const things = names
      .map(({ id, name }) => [writeName(id), name])
      .filter(([text]) => text !== null && text.startsWith(prefix))
      .map(([text, name]) => hintOf(text, name));
    const prefixes = Object.keys(known.prefixes ?? {})
      .filter((each) => !prefix && asked && each.startsWith(asked))
      .map((each) => hintOf(`${each}:`, known.prefixes[each]));
    return { list: [...prefixes, ...entries, ...things].slice(0, MOST), from, to: cursor };
  };

  const offer = async (editor) => {
    const found = await complete(editor);
    Yasqe.on(found, "shown", () => {
      document.querySelector(".CodeMirror-hints")?.setAttribute("aria-label", "Completions");
    });
    return found;
  };

  const show = (editor) => {
    const container = document.querySelector("main");
    editor.showHint({ hint: offer, completeSingle: false, container });
  };

  const enhance = (form) => {
    const area = form.querySelector("textarea[name=query]");
    const host = document.createElement("div");
    host.className = "sparql-editor";
    area.before(host);
    const editor = new Yasqe(host, {
      value: area.value,
      showQueryButton: false,
      persistenceId: null,
      consumeShareLink: null,
      createShareableLink: null,
      pluginButtons: undefined,
      resizeable: false,
      editorHeight: "auto",
      prefixCcApi: null,
      lineWrapping: true,
      tabMode: "default",
      viewportMargin: Infinity,
      inputStyle: "contenteditable",
      screenReaderLabel: "Query (SPARQL 1.1)",
      extraKeys: {
        // Tab leads out of the editor, for those who have no mouse.
        Tab: false,
        "Shift-Tab": false,
        "Ctrl-Space": show,
        "Ctrl-Enter": () => form.requestSubmit(),
        "Cmd-Enter": () => form.requestSubmit(),
        "Ctrl-/": (each) => each.commentLines(),
        "Shift-Ctrl-F": (each) => each.autoformat(),
      },
    });
    const field = editor.getInputField();
    field.setAttribute("role", "textbox");
    field.setAttribute("aria-multiline", "true");
    form.querySelector(`label[for=${area.id}]`)?.addEventListener("click", () => editor.focus());
    area.hidden = true;
    area.required = false; // the browser could not point at it
    const store = () => {
      area.value = editor.getValue();
    };
    editor.on("change", store);
    editor.on("inputRead", (each, change) => {
      if (/[\p{L}\p{N}:?$_-]$/u.test(change.text.at(-1))) show(each);
    });
    form.addEventListener("submit", store);
    form.closest("details")?.addEventListener("toggle", () => editor.refresh());
  };

  if (typeof Yasqe !== "function") return;
  // Its own completers ask other sites, and declare their prefixes for ours. A list that is
  // given is only added to the one it has.
  Yasqe.defaults.autocompleters.length = 0;
  // It marks a prefix that is not declared as a fault, which it is not for ours.
  const prefixes = {};
  const makeMode = Yasqe.modes.sparql11;
  Yasqe.modes.sparql11 = (...settings) => {
    const mode = makeMode(...settings);
    const start = mode.startState;
    mode.startState = (...given) => {
      const state = start(...given);
      Object.assign(state.prefixes, prefixes);
      return state;
    };
    return mode;
  };
  loadTerms().then((known) => {
    Object.assign(prefixes, known.prefixes);
    document.querySelectorAll("form.query").forEach(enhance);
  });
})();
