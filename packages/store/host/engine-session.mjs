/**
 * One session of the embedded engine: one statement at a time, with settings and typed parameters.
 *
 * The engine has no per-call settings and its bound-parameter call is serialised in the whole
 * process, so a statement is sent as `set …; <statement>` on a session that nobody else is using.
 * What a session was told stays, so this file remembers it and takes it back with the next call.
 * Never knows: HTTP, and who waits for the answer.
 */
import { Session } from 'chdb';
import { EngineError } from './engine-error.mjs';
import { literal } from './literal.mjs';
import { placeholders } from './placeholders.mjs';

/** @param {string} directory @param {readonly string[]} engineArguments */
export function createEngineSession(directory, engineArguments) {
  let session = new Session(directory, { connectionArgs: engineArguments });
  let database = 'default';
  let settings = new Map();

  /**
   * Runs one statement; resolves with its output in `format`.
   * @param {{ text: string, format: string, database?: string,
   *           settings: Map<string, string>, params: Map<string, string> }} call
   * @returns {Promise<Uint8Array>}
   */
  async function run(call) {
    for (const name of placeholders(call.text)) {
      // A session keeps its parameters: without this, a forgotten one would silently take the value
      // of an earlier request.
      if (!call.params.has(name)) {
        throw new EngineError(
          456,
          `Substitution \`${name}\` is not set`,
          'UNKNOWN_QUERY_PARAMETER',
        );
      }
    }
    const prefix = preparation(call);
    try {
      const result = await session.queryAsync(prefix + call.text, { format: call.format });
      return result.bytes();
    } catch (error) {
      // Which of the `set`s took effect is unknown: say them all again next time.
      database = '';
      settings = new Map([...settings.keys()].map((name) => [name, undefined]));
      await discardPartialOutput();
      throw new EngineError(error.clickhouseCode ?? 1002, error.message);
    }
  }

  /** The `use` and `set` statements that bring the session to what this call asks for. */
  function preparation(call) {
    const wanted = call.database ?? 'default';
    const use = wanted === database ? '' : `use ${identifier(wanted)};`;
    const changes = [];
    for (const name of settings.keys()) {
      if (!call.settings.has(name)) changes.push(`${name} = DEFAULT`);
    }
    for (const [name, value] of call.settings) {
      if (settings.get(name) !== value) changes.push(`${name} = ${literal(value)}`);
    }
    // `set x = DEFAULT` cannot stand beside parameters, whose values may be any text.
    const params = [...call.params].map(([name, value]) => `param_${name} = ${literal(value)}`);
    database = wanted;
    settings = new Map(call.settings);
    return use + sets(changes) + sets(params);
  }

  /**
   * A statement that fails after it has produced rows leaves them in the session, and the engine
   * prepends them to the next answer. So a failure is followed by a marker until it comes alone; a
   * session that does not come clean is replaced.
   */
  async function discardPartialOutput() {
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        const result = await session.queryAsync("select 'clean' format TSV", { format: 'TSV' });
        if (result.text() === 'clean\n') return;
      } catch {
        // The marker itself may fail (memory); the next attempt or the new session decides.
      }
    }
    session.close();
    session = new Session(directory, { connectionArgs: engineArguments });
    database = 'default';
    settings = new Map();
  }

  return { run, close: () => session.close() };
}

/** @param {string[]} assignments */
function sets(assignments) {
  return assignments.length === 0 ? '' : `set ${assignments.join(', ')};`;
}

function identifier(name) {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new EngineError(
      81,
      `Database name ${JSON.stringify(name)} is not an identifier`,
      'UNKNOWN_DATABASE',
    );
  }
  return name;
}
