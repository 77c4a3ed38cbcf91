/**
 * The OpenAPI 3.1 document, made from the very schemas that validate and type the routes.
 *
 * Never knows: any particular route.
 */
import { fastifySwagger } from '@fastify/swagger';
import { type ConversionConfig, toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema';
import type { FastifyInstance, FastifySchema } from 'fastify';
import type * as v from 'valibot';
import { errorAnswer, namedAnswers } from './native/answers.ts';

type JsonSchema = Record<string, unknown>;

const conversion: ConversionConfig = {
  target: 'draft-2020-12',
  // What a client writes, not what the handler is handed.
  typeMode: 'input',
  errorMode: 'ignore',
};

/** Marks a reference while the document is made; the generator would try to resolve `$ref`. */
const reference = 'x-schema';

/** Registers the generator; to be called before the routes. The document is `app.swagger()`. */
export async function describeRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Clew',
        version,
        description:
          'Times ending in Ns are epoch nanoseconds as decimal strings; ids are lower-case hexadecimal.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: { schemas: { Error: jsonSchema(errorAnswer), ...namedSchemas() } },
    },
    transform: ({ schema, url }) => ({ schema: described(schema ?? {}), url }),
    transformObject: (made) =>
      resolveReferences('openapiObject' in made ? made.openapiObject : made.swaggerObject),
  });
}

function namedSchemas(): Record<string, JsonSchema> {
  return toJsonSchemaDefs(namedAnswers, {
    ...conversion,
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
  }) as unknown as Record<string, JsonSchema>;
}

function described(schema: FastifySchema): FastifySchema {
  const { params, querystring, body, response, ...rest } = schema;
  const answers = Object.entries((response ?? {}) as Record<string, unknown>);
  const error = { description: 'Refused', content: json({ [reference]: 'Error' }) };
  return {
    ...rest,
    ...(params === undefined ? {} : { params: jsonSchema(params as v.GenericSchema) }),
    ...(body === undefined ? {} : { body: jsonSchema(body as v.GenericSchema) }),
    ...(querystring === undefined
      ? {}
      : { querystring: jsonSchema(querystring as v.GenericSchema) }),
    response: {
      ...Object.fromEntries(answers.map(([status, answer]) => [status, answerOf(answer)])),
      default: error,
    },
  };
}

/** An answer is a valibot schema (JSON), or `{ description, content }` as OpenAPI has it. */
function answerOf(answer: unknown): JsonSchema {
  const { content, description } = answer as JsonSchema;
  if (content !== undefined) return answer as JsonSchema;
  const schema = jsonSchema(answer as v.GenericSchema);
  return { description: schema['description'] ?? description ?? 'Answer', content: json(schema) };
}

function json(schema: JsonSchema): JsonSchema {
  return { 'application/json': { schema } };
}

function jsonSchema(schema: v.GenericSchema): JsonSchema {
  const converted = toJsonSchema(schema, {
    ...conversion,
    definitions: namedAnswers,
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
  }) as JsonSchema;
  const { $schema: _, $defs: __, ...rest } = converted;
  return hideReferences(rest) as JsonSchema;
}

function hideReferences(node: unknown): unknown {
  return mapKeys(node, (key, value) =>
    key === '$ref' ? [reference, String(value).split('/').at(-1)] : [key, value],
  );
}

function resolveReferences<Document>(document: Document): Document {
  return mapKeys(document, (key, value) =>
    key === reference ? ['$ref', `#/components/schemas/${value}`] : [key, value],
  ) as Document;
}

type Entry = readonly [key: string, value: unknown];

/** A copy in which every property at any depth went through `change`. */
function mapKeys(node: unknown, change: (key: string, value: unknown) => Entry): unknown {
  if (Array.isArray(node)) return node.map((each) => mapKeys(each, change));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      const [newKey, newValue] = change(key, value);
      return [newKey, mapKeys(newValue, change)];
    }),
  );
}
