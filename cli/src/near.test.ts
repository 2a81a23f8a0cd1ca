import { expect, test } from 'vitest'
import { near, nearAll } from './near.ts'

test('a file below the working directory is called without it, another one as it is', () => {
  expect(near('/shop/edge/routes.yaml', '/shop')).toBe('edge/routes.yaml')
  expect(near('/shopping/routes.yaml', '/shop')).toBe('/shopping/routes.yaml')
  expect(near('/routes.yaml', '/shop')).toBe('/routes.yaml')
  expect(near('/routes.yaml', '/')).toBe('routes.yaml')
})

test('in a text each file below the working directory is called so, and nothing else changes', () => {
  const text = '/shop/a.yaml:1:2 "/shop/b", /x/shop/c and http://host/shop/d\n/shop/e'
  expect(nearAll(text, '/shop')).toBe('a.yaml:1:2 "b", /x/shop/c and http://host/shop/d\ne')
})
