import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { importsOf, problemsOf, type Room, rooms } from './architecture.ts'

const root = path.dirname(import.meta.dirname)

/** Source files of a room, without its tests and their fixtures. */
function sourceFiles(room: Room): string[] {
  return readdirSync(path.join(root, room.folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|mjs)$/.test(file) && !/(\.test|(^|[./\\])fixture)\.ts$/.test(file))
    .filter((file) => !/(^|[/\\])(node_modules|dist|test|fixtures)[/\\]/.test(file))
    .map((file) => path.join(room.folder, file))
}

describe('the house', () => {
  test.each(rooms)('$folder imports only what it may', (room) => {
    const problems = sourceFiles(room).flatMap((file) =>
      problemsOf(room, file, readFileSync(path.join(root, file), 'utf8')),
    )
    expect(problems).toEqual([])
  })

  test('every source file belongs to exactly one room', () => {
    const claimed = rooms.flatMap(sourceFiles)
    expect(claimed.length).toBe(new Set(claimed).size)
    expect(claimed.length).toBeGreaterThan(100)
  })

  test('a planted import is found', () => {
    const room = (folder: string) => rooms.find((one) => one.folder === folder) ?? expect.fail(folder)
    const planted: readonly [string, string, string][] = [
      ['toolkit/src/base', 'toolkit/src/base/fault.ts', "import { flipRoute } from '../routing/index.ts'"],
      ['toolkit/src/routing', 'toolkit/src/routing/decide.ts', "import type { Verdict } from '../compare/verdict.ts'"],
      ['toolkit/src/traffic', 'toolkit/src/traffic/replay.ts', "import Database from 'better-sqlite3'"],
      ['toolkit/src/plan', 'toolkit/src/plan/run.ts', "import { buildSync } from '../data-sync/index.ts'"],
      ['edge-proxy/src', 'edge-proxy/src/edge.ts', "import { buildSync } from '@banyan/toolkit/data-sync'"],
      [
        'extracted-services/users/src',
        'extracted-services/users/src/app.ts',
        "const edge = await import('@banyan/edge-proxy')",
      ],
      ['monolith', 'monolith/src/app.ts', "export { Fault } from '@banyan/toolkit/base'"],
      [
        'edge-proxy/src',
        'edge-proxy/src/shadow.ts',
        "import { compareAnswers } from '../../toolkit/src/compare/index.ts'",
      ],
    ]
    for (const [folder, file, source] of planted) expect(problemsOf(room(folder), file, source), source).toHaveLength(1)
  })

  test('a planted process.env outside main and cli is found', () => {
    const edge = rooms.find((room) => room.folder === 'edge-proxy/src') ?? expect.fail()
    expect(problemsOf(edge, 'edge-proxy/src/handle.ts', 'const port = process.env.PORT')).toHaveLength(1)
    expect(problemsOf(edge, 'edge-proxy/src/main.ts', 'const port = process.env.PORT')).toHaveLength(0)
  })

  test('imports are read in every form', () => {
    const source =
      "import a from 'a'\nimport {\n  b,\n} from 'b'\nexport { c } from 'c'\nawait import('d')\nimport 'e'\nimport type { F } from 'f'"
    expect(importsOf(source)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })
})
