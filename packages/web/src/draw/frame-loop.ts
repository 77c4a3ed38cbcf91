/**
 * Draws when something changed, at most once per frame, and keeps the statistics of frames for tests.
 *
 * Never knows: what is drawn.
 */

export interface FrameStats {
  readonly frames: number;
  /** Longest and mean time inside `draw`, milliseconds. */
  readonly drawMsMax: number;
  readonly drawMsMean: number;
}

export class FrameLoop {
  readonly #draw: () => void;
  #pending = 0;
  #frames = 0;
  #drawMs = 0;
  #drawMsMax = 0;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** Asks for a frame; further calls before it is drawn change nothing. */
  readonly dirty = (): void => {
    if (this.#pending === 0) {
      this.#pending = requestAnimationFrame(this.#frame);
    }
  };

  stop(): void {
    cancelAnimationFrame(this.#pending);
    this.#pending = 0;
  }

  stats(): FrameStats {
    return {
      frames: this.#frames,
      drawMsMax: this.#drawMsMax,
      drawMsMean: this.#frames === 0 ? 0 : this.#drawMs / this.#frames,
    };
  }

  resetStats(): void {
    this.#frames = 0;
    this.#drawMs = 0;
    this.#drawMsMax = 0;
  }

  readonly #frame = (): void => {
    this.#pending = 0;
    const began = performance.now();
    this.#draw();
    const took = performance.now() - began;
    this.#frames += 1;
    this.#drawMs += took;
    this.#drawMsMax = Math.max(this.#drawMsMax, took);
  };
}
