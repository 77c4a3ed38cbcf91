/** What of express is used here. Its own package has no types. */
declare module 'express' {
  import type { Server } from 'node:http';

  export interface Request {
    readonly params: Readonly<Record<string, string>>;
  }

  export interface Response {
    json(body: unknown): void;
    status(code: number): Response;
  }

  export interface Application {
    get(path: string, handle: (request: Request, response: Response) => void | Promise<void>): void;
    listen(port: number, host: string, ready: () => void): Server;
  }

  const express: () => Application;
  // biome-ignore lint/style/noDefaultExport: the package has one
  export default express;
}
