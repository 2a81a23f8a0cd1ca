import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { routeTableJsonSchema } from './json-schema.ts'
import { problemsOf } from './route-table.fixture.ts'

const reference = readFileSync(new URL('../../../docs/route-table.md', import.meta.url), 'utf8')

describe('docs/route-table.md', () => {
  test('begins with a valid route table', () => {
    const [example] = blocks('yaml')
    expect(example).toContain('version: 1')
    expect(problemsOf(example ?? '')).toEqual([])
  })

  test('shows for each mistake what is really said', () => {
    const [wrong, said] = [blocks('yaml invalid'), blocks('text')]
    expect(wrong.length).toBeGreaterThan(2)
    expect(wrong.map((text) => `${problemsOf(text).join('\n')}\n`)).toEqual(said)
  })

  test('names every key of the schema', () => {
    const code = [...reference.matchAll(/`[^`\n]+`/g)].join(' ')
    for (const key of keysOf(routeTableJsonSchema())) expect(code).toMatch(new RegExp(`\\b${key}\\b`))
  })
})

function blocks(kind: string): readonly string[] {
  return [...reference.matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    (match) => match[1] ?? '',
  )
}

function keysOf(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([key, inner]: [string, unknown]) => {
    const own = key === 'properties' && typeof inner === 'object' && inner !== null ? Object.keys(inner) : []
    return [...own, ...keysOf(inner)]
  })
}
