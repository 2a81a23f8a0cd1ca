import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openScratch } from './scratch.ts'

test('what is appended is read back, and no file is seen meanwhile', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'banyan-scratch-'))
  const scratch = openScratch(folder, 100)
  const first = scratch.append(Buffer.from('one'))
  const second = scratch.append(Buffer.from('three'))
  expect(scratch.read(first ?? -1, 3).toString()).toBe('one')
  expect(scratch.read(second ?? -1, 5).toString()).toBe('three')
  expect(readdirSync(folder)).toEqual([])
  scratch.close()
})

test('beyond its bound, and in a folder that is not there, it takes nothing and says so', () => {
  const scratch = openScratch(undefined, 10)
  expect(scratch.append(Buffer.alloc(8))).toBe(0)
  expect(scratch.append(Buffer.alloc(3))).toBeUndefined()
  expect(scratch.used()).toBe(0.8)
  scratch.close()
  expect(openScratch('/nowhere/at/all', 10).append(Buffer.alloc(3))).toBeUndefined()
})
