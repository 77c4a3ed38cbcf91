/**
 * Routes whose parameters are typed and checked by their valibot schemas.
 *
 * Never knows: any particular route.
 */
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type * as v from 'valibot';
import { validate } from './ask/validate.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route answers POST, which the guard refuses otherwise. */
    takesPost?: boolean;
  }
}

interface Valibot extends FastifyTypeProvider {
  readonly validator: this['schema'] extends v.GenericSchema
    ? v.InferOutput<this['schema']>
    : unknown;
  readonly serializer: unknown;
}

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  Valibot
>;

/** Lets the schemas of routes be valibot's. Answers are written by JSON.stringify. */
export function withValibot(app: FastifyInstance): App {
  app.setValidatorCompiler(({ schema }) => (given) => {
    try {
      return { value: validate(schema as v.GenericSchema, given) };
    } catch (error) {
      return { error: error as Error };
    }
  });
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  return app.withTypeProvider<Valibot>();
}
