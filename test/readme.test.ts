import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { banyan } from '../scripts/banyan.ts'
import { startWorkshopDemo } from '../scripts/workshop-demo.ts'

const root = path.dirname(import.meta.dirname)
const readme = readFileSync(path.join(root, 'README.md'), 'utf8')

/** The commands in the README's `sh` blocks, in order, without their comments. */
const commands = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .flatMap(([, block = '']) => block.split('\n'))
  .map((line) => line.replace(/\s+#.*$/, '').trim())
  .filter((line) => line !== '')

test("every npm command of the README is one of this repository's", () => {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const named = commands.flatMap((line) => /^npm (?:run )?(start|test|demo|shoppers|workshop)\b/.exec(line)?.[1] ?? [])
  expect(named).toEqual(expect.arrayContaining(['start', 'test', 'demo', 'shoppers']))
  for (const name of named) expect(scripts).toHaveProperty(name)
})

test("the README's tour runs, command by command, on a demo with shoppers in it", { timeout: 90_000 }, async () => {
  const demo = await startWorkshopDemo(mkdtempSync(path.join(tmpdir(), 'banyan-readme-')))
  // A reader's own demo has made it.
  mkdirSync(path.join(root, '.banyan'), { recursive: true })
  try {
    // `init` and `edge` are for a reader's own application: test/packed.test.ts runs them.
    const tour = commands.filter((line) => /^npx banyan (?!init|edge)/.test(line))
    expect(tour.length).toBeGreaterThanOrEqual(8)
    for (const line of tour) {
      const printed: string[] = []
      const tell = (text: string) => void printed.push(text)
      const code = await banyan({ args: wordsOf(line).slice(2), env: demo.env, onLine: tell, onMessage: tell })
      expect(code, `${line}\n${printed.join('\n')}`).toBe(0)
    }
    const status = await demo.status()
    expect(status.routes.find(({ route }) => route === 'users.read')).toMatchObject({
      serve: 'legacy',
      shadowPercent: 0,
    })
    expect(await demo.journal()).toMatchObject({ flips: 2, undone: 2, intact: true })
  } finally {
    await demo.stop()
  }
})

test('every link of the README leads to a file that is there', () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, target = '']) => target)
  expect(links.length).toBeGreaterThan(5)
  for (const target of links.filter((link) => !link.startsWith('http'))) {
    expect(() => readFileSync(path.join(root, target)), target).not.toThrow(/ENOENT/)
  }
})

/** A command line's words, split as a shell splits them in double quotes. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}
