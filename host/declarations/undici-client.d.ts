/** The client of undici for one connection, without the rest of undici, which takes four times as long to load. */
declare module 'undici/lib/dispatcher/client.js' {
  interface Controller {
    readonly rawHeaders?: readonly (Buffer | string)[] | null;
    readonly rawTrailers?: readonly (Buffer | string)[] | null;
    abort(reason: Error): void;
    pause(): void;
    resume(): void;
  }

  interface Handler {
    onRequestStart(controller: Controller): void;
    onResponseStart(controller: Controller, status: number): void;
    onResponseData(controller: Controller, bytes: Buffer): void;
    onResponseEnd(controller: Controller): void;
    onResponseError(controller: Controller | undefined, error: Error): void;
  }

  interface Request {
    readonly method: string;
    readonly path: string;
    readonly headers: readonly string[];
    readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
  }

  interface Options {
    connect(
      options: object,
      callback: (error: Error | null, socket?: import('node:net').Socket) => void,
    ): void;
    readonly maxHeaderSize: number;
    readonly headersTimeout: number;
    readonly bodyTimeout: number;
    readonly keepAliveTimeout: number;
    readonly keepAliveMaxTimeout: number;
  }

  class Client {
    constructor(origin: string, options: Options);
    dispatch(request: Request, handler: Handler): boolean;
    destroy(error: Error | null): Promise<void>;
  }

  export type { Controller, Handler };
  export default Client;
}
