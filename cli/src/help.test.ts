import { expect, test } from 'vitest'
import { inFolder } from './fixture.ts'

test('the help of every verb fits 80 columns, its examples included', async () => {
  const { banyanIn } = await inFolder()
  const wide: string[] = []
  const open: string[][] = [[]]
  // The list grows while it is read.
  for (const verb of open) {
    const { stdout, code } = await banyanIn({ columns: 80 }, ...verb, '--help')
    expect(code).toBe(0)
    // A verb is loaded by its name.
    expect(stdout).toContain(['Usage: banyan', ...verb].join(' '))
    wide.push(...stdout.split('\n').filter((line) => line.length > 80))
    const commands = stdout.split(/^Commands:\n/m)[1]?.split('\n\n')[0] ?? ''
    for (const [, name] of commands.matchAll(/^ {2}([a-z][\w-]*)/gm)) {
      if (name !== undefined && name !== 'help') open.push([...verb, name])
    }
  }
  expect(open.length).toBeGreaterThan(25)
  expect(wide).toEqual([])
})
