import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { withFileLock } from './file-lock.ts'

let folder: string
let lock: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'banyan-lock-'))
  lock = join(folder, 'x.lock')
})

afterEach(() => rm(folder, { recursive: true, force: true }))

describe('withFileLock', () => {
  test('never lets two in at once, and lets all in', async () => {
    let inside = 0
    let most = 0
    const turns = Array.from({ length: 12 }, (_, turn) =>
      withFileLock(lock, {}, async () => {
        inside++
        most = Math.max(most, inside)
        await readdir(folder)
        inside--
        return turn
      }),
    )
    expect(await Promise.all(turns)).toEqual(Array.from({ length: 12 }, (_, turn) => turn))
    expect(most).toBe(1)
    expect(await readdir(folder)).toEqual([])
  })

  test('many that find one dead lock get in one after the other', async () => {
    await writeFile(lock, JSON.stringify({ pid: 2 ** 30, host: hostname() }))
    let inside = 0
    const turns = Array.from({ length: 12 }, () =>
      withFileLock(lock, {}, async () => {
        inside++
        expect(inside).toBe(1)
        await readdir(folder)
        inside--
      }),
    )
    await Promise.all(turns)
    expect(await readdir(folder)).toEqual([])
  })

  test('lets go when the work fails', async () => {
    await expect(withFileLock(lock, {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await withFileLock(lock, {}, async () => 'in')).toBe('in')
  })

  test('passes on why a lock cannot be made at all', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(withFileLock(join(folder, 'file', 'x.lock'), {}, async () => 1)).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTDIR|EEXIST/),
    })
  })

  test('waits within its bound for one that is held, and names the holder', async () => {
    await withFileLock(lock, {}, async () => {
      const second = withFileLock(lock, { waitMs: 50, code: 'busy' }, async () => 'two at once')
      await expect(second).rejects.toMatchObject({
        code: 'busy',
        message: expect.stringContaining(`process ${process.pid}`),
      })
    })
  })
})
