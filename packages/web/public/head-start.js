// Asks for the columns of a trace while the page's own code still loads: on /trace/<id> they are what everything waits
// for. src/server/head-start.ts takes the answer over. A file and not an inline script, because the content security
// policy forbids inline scripts.
(() => {
  const id = /^\/trace\/([0-9a-f]{32}|[0-9a-f]{16})$/.exec(location.pathname)?.[1];
  if (id === undefined) return;
  const path = `/api/v1/traces/${id}/columns`;
  window.clewHeadStart = { path, answer: fetch(path, { headers: { accept: '*/*' } }) };
  // Whoever takes it over handles a failure; until then it is nobody's.
  window.clewHeadStart.answer.catch(() => {});
})();
