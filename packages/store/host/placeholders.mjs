/**
 * Finds the typed placeholders (`{name:Type}`) of a statement, outside of strings, quoted names,
 * comments and heredocs. Only names matter: the engine checks the types.
 */
const token =
  /'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|\{\s*([A-Za-z_]\w*)\s*:/g;

/** @param {string} text @returns {Set<string>} */
export function placeholders(text) {
  const names = new Set();
  for (const match of text.matchAll(token)) if (match[2]) names.add(match[2]);
  return names;
}
