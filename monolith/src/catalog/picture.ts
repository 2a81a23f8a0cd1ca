import { type Html, trusted } from '../web/html.ts'

const drawings: Readonly<Record<string, string>> = {
  BOOKS:
    '<path d="M50 48h44c10 0 16 5 16 12 0-7 6-12 16-12h44v72h-44c-10 0-16 4-16 10 0-6-6-10-16-10H50z"/><path d="M110 60v70" class="l"/>',
  CAMP: '<path d="M110 36l62 92H48z"/><path d="M110 74l28 54H82z" class="l"/>',
  GARDEN:
    '<path d="M76 92h68l-9 42H85z"/><path d="M110 92c0-30-8-42-30-46 0 24 10 36 30 40 0-22 8-40 32-50 2 30-8 46-32 54z"/>',
  KITCHEN:
    '<path d="M58 74h96v34c0 16-12 26-28 26H86c-16 0-28-10-28-26z"/><path d="M154 82h14c10 0 10 24-14 22" class="l"/><path d="M66 62h80" class="l"/>',
  MUSIC: '<circle cx="82" cy="122" r="16"/><circle cx="142" cy="112" r="16"/><path d="M98 122V58l60-12v66" class="l"/>',
  PETS: '<ellipse cx="110" cy="112" rx="28" ry="22"/><circle cx="74" cy="84" r="12"/><circle cx="97" cy="64" r="12"/><circle cx="124" cy="64" r="12"/><circle cx="147" cy="84" r="12"/>',
  TOOLS: '<path d="M62 48h78l18 18-18 14H62z"/><path d="M92 80h22v60H92z"/>',
  TOYS: '<path d="M110 34l44 48-44 48-44-48z"/><path d="M110 34v96M66 82h88" class="l"/><path d="M110 130c6 8-8 10-2 20" class="l"/>',
}

const grounds = ['#dfe7d8', '#efe0c8', '#d9e3ea', '#ecdcd3', '#e6e0ee', '#e9e6cf']
const inks = ['#2f5744', '#8a4b25', '#2f4f6b', '#7a3b46', '#55467a', '#6b6225']

/** A drawing of a product, of its category's shape in a colour of its own; no two neighbours look the same. */
export function pictureOf(product: { readonly prod_id: number; readonly cat_cd: string }): Html {
  const tone = product.prod_id % grounds.length
  return trusted(
    `<svg viewBox="0 0 220 170" role="img" aria-hidden="true"><rect width="220" height="170" fill="${grounds[tone]}"/>` +
      `<g fill="${inks[tone]}" stroke="none">` +
      `${drawings[product.cat_cd] ?? ''}</g></svg>`,
  )
}
