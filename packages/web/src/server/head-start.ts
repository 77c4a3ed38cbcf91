/**
 * Takes over the request that public/head-start.js sent before this code was loaded. Once: a second question is a new
 * one. Never knows: what was asked.
 */

interface HeadStart {
  readonly path: string;
  readonly answer: Promise<Response>;
}

declare global {
  interface Window {
    clewHeadStart?: HeadStart | undefined;
  }
}

/** The answer that is on its way for `path`, or undefined when nobody asked yet. */
export function takeHeadStart(path: string): Promise<Response> | undefined {
  const started = window.clewHeadStart;
  if (started?.path !== path) return undefined;
  window.clewHeadStart = undefined;
  return started.answer;
}
