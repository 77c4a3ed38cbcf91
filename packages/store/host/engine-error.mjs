/** Error of the engine or of this face, with ClickHouse's numeric code. */
export class EngineError extends Error {
  constructor(code, message, name) {
    super(name ? `Code: ${code}. DB::Exception: ${message}. (${name})` : message);
    this.code = code;
  }
}
