import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { revisionOf } from './revision.ts'
import { routesText } from './route-table.fixture.ts'
import { readRouteTable, writeRouteTable } from './store.ts'

const text = routesText('{ name: r, capability: orders, match: { path: /o }, serve: 5% }')
let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'banyan-routes-'))
  file = join(folder, 'routes.yaml')
  await writeFile(file, text)
})

afterEach(() => rm(folder, { recursive: true, force: true }))

describe('readRouteTable', () => {
  test('gives the text and the route table', async () => {
    const read = await readRouteTable(file)
    expect(read.text).toBe(text)
    expect(read.table).toMatchObject({ file, revision: revisionOf(text) })
  })

  test('says which file is missing', async () => {
    await expect(readRouteTable(join(folder, 'none.yaml'))).rejects.toMatchObject({
      code: 'route-table-missing',
      exitCode: 4,
      message: `there is no file ${folder}/none.yaml`,
    })
  })

  test('has every problem in its message', async () => {
    await writeFile(file, text.replace('version: 1', 'version: 2').replace('serve: 5%', 'serve: half'))
    await expect(readRouteTable(file)).rejects.toMatchObject({
      code: 'route-table-invalid',
      exitCode: 4,
      message: expect.stringMatching(/: 2 problems\n.*yaml:1:10 version: .*\n.*yaml:16:\d+ routes\[0\]\.serve: /),
    })
  })

  test('does not read a file of more than 4 MiB', async () => {
    await writeFile(file, Buffer.alloc(5 * 1024 * 1024, 0x20))
    await expect(readRouteTable(file)).rejects.toMatchObject({ code: 'route-table-invalid', exitCode: 4 })
  })

  test('says that a file is not UTF-8, also when it is UTF-16', async () => {
    await writeFile(file, Buffer.from(text.replace('mirrors', 'mirr\u00f6rs'), 'latin1'))
    await expect(readRouteTable(file)).rejects.toThrow('a character that is not UTF-8')
    await writeFile(file, Buffer.from(`\uFEFF${text}`, 'utf16le'))
    await expect(readRouteTable(file)).rejects.toMatchObject({ code: 'route-table-invalid' })
  })

  test('says that a folder is no file', async () => {
    await expect(readRouteTable(folder)).rejects.toMatchObject({ code: 'route-table-unreadable' })
  })
})

describe('writeRouteTable', () => {
  test('replaces the content, keeps the mode, and leaves nothing behind', async () => {
    await chmod(file, 0o640)
    await writeRouteTable(file, `${text}# more\n`, revisionOf(text))
    expect(await readFile(file, 'utf8')).toBe(`${text}# more\n`)
    expect((await stat(file)).mode & 0o777).toBe(0o640)
    expect(await readdir(folder)).toEqual(['routes.yaml'])
  })

  test('leaves the file to its owner, also when root writes it', async () => {
    if (process.getuid?.() === 0) await chown(file, 12_345, 12_346)
    const { uid, gid } = await stat(file)
    await writeRouteTable(file, `${text}# more\n`, revisionOf(text))
    expect(await stat(file)).toMatchObject({ uid, gid })
  })

  test('writes through a symbolic link, which stays one', async () => {
    const link = join(folder, 'link.yaml')
    await symlink('routes.yaml', link)
    await writeRouteTable(link, `${text}# more\n`, revisionOf(text))
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
    expect(await readFile(file, 'utf8')).toBe(`${text}# more\n`)
  })

  test('refuses when the content changed meanwhile, and writes nothing', async () => {
    await writeFile(file, `${text}# theirs\n`)
    await expect(writeRouteTable(file, `${text}# ours\n`, revisionOf(text))).rejects.toMatchObject({
      code: 'route-table-changed',
      exitCode: 6,
    })
    expect(await readFile(file, 'utf8')).toBe(`${text}# theirs\n`)
    expect(await readdir(folder)).toEqual(['routes.yaml'])
  })

  test('lets exactly one of twenty writers in one process win', async () => {
    const writers = Array.from({ length: 20 }, (_, n) => writeRouteTable(file, `${text}# ${n}\n`, revisionOf(text)))
    const ended = await Promise.allSettled(writers)
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const winner = ended.findIndex(({ status }) => status === 'fulfilled')
    expect(await readFile(file, 'utf8')).toBe(`${text}# ${winner}\n`)
    expect(await readdir(folder)).toEqual(['routes.yaml'])
  })

  test('loses no change of concurrent processes that read, add a line and write until they succeed', async () => {
    await Promise.all([1, 2, 3].map((writer) => appendInProcess(file, `w${writer}`, 6)))
    const added = (await readFile(file, 'utf8')).slice(text.length).trim().split('\n')
    const expected = [1, 2, 3].flatMap((writer) => Array.from({ length: 6 }, (_, n) => `# w${writer}.${n}`))
    expect(added.toSorted()).toEqual(expected.toSorted())
    expect(await readdir(folder)).toEqual(['routes.yaml'])
  })

  test('takes over the lock of a process that is gone', async () => {
    const gone = spawn(process.execPath, ['-e', ''])
    await once(gone, 'exit')
    await writeFile(`${file}.lock`, JSON.stringify({ pid: gone.pid, host: hostname() }))
    await writeRouteTable(file, `${text}#\n`, revisionOf(text))
    expect(await readdir(folder)).toEqual(['routes.yaml'])
  })

  test('waits a bounded time for a living holder, then names the lock', async () => {
    await writeFile(`${file}.lock`, JSON.stringify({ pid: process.pid, host: hostname() }))
    await expect(writeRouteTable(file, `${text}#\n`, revisionOf(text))).rejects.toMatchObject({
      code: 'route-table-locked',
      exitCode: 6,
      message: `${file}.lock is held by process ${process.pid} on ${hostname()}`,
    })
    expect(await readFile(file, 'utf8')).toBe(text)
  })
})

async function appendInProcess(target: string, label: string, count: number): Promise<void> {
  const store = new URL('./store.ts', import.meta.url).href
  const source = `
    import { readRouteTable, writeRouteTable } from '${store}'
    for (let n = 0; n < ${count}; n++) {
      for (;;) {
        const { text, table } = await readRouteTable(process.argv[1])
        try {
          await writeRouteTable(process.argv[1], text + '# ${label}.' + n + '\\n', table.revision)
          break
        } catch (error) {
          if (error.code !== 'route-table-changed') throw error
        }
      }
    }`
  const flags = ['--import', 'tsx', '--conditions=banyan-source', '--input-type=module', '-e', source, target]
  const cwd = fileURLToPath(new URL('../../..', import.meta.url))
  const writer = spawn(process.execPath, flags, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(writer, 'exit')
  expect(code).toBe(0)
}
