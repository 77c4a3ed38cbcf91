/** Bounds a promise in time, without keeping the process alive. Never knows: what is waited for. */

export async function withTimeout(
  what: string,
  work: Promise<unknown>,
  timeoutMs: number,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = () => reject(new Error(`${what} took longer than ${timeoutMs} ms`));
    timer = setTimeout(fail, timeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
