import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { routeTableJsonSchema } from './json-schema.ts'
import { routesText } from './route-table.fixture.ts'

const schemaFile = fileURLToPath(new URL('../../../edge-proxy/route-table.schema.json', import.meta.url))
const validate = new Ajv({ allErrors: true }).compile(routeTableJsonSchema())

describe('the JSON Schema of the route table', () => {
  test('in edge-proxy/route-table.schema.json is up to date (npx vitest run json-schema -u writes it)', async () => {
    await expect(`${JSON.stringify(routeTableJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(schemaFile)
  })

  test("accepts the demo's route table", () => {
    const demo = readFileSync(new URL('../../../edge-proxy/routes.yaml', import.meta.url), 'utf8')
    validate(parse(demo))
    expect(validate.errors).toBeNull()
  })

  test.each([
    ['serve: 5 }', '/routes/0/serve'],
    ['serve: half }', '/routes/0/serve'],
    ['shadow: 5.125% }', '/routes/0/shadow'],
    ['shaddow: 5% }', '/routes/0'],
    ['upstream: users }', '/routes/0'],
    ['match: { methods: [get] } }', '/routes/0/match/methods/0'],
    ['match: { path: c } }', '/routes/0/match/path'],
  ])('refuses what the parser refuses: %s', (end, path) => {
    validate(parse(routesText(`{ name: a, capability: users, ${end}`)))
    expect(validate.errors?.map((error) => error.instancePath)).toContain(path)
  })

  test('describes every key, for editors', () => {
    const { properties } = routeTableJsonSchema()
    expect(Object.keys(properties ?? {})).toEqual([
      ...['version', 'edges', 'listen', 'limits', 'caller', 'upstreams', 'capabilities', 'recording', 'access-log'],
      ...['expose', 'routes'],
    ])
  })
})
