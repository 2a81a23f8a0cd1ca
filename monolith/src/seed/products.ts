import { faker } from '@faker-js/faker/locale/en_US'
import { moneyOf } from '../money/money.ts'
import { chance, localBetween, seedNow, shopOpened } from './plan.ts'
import type { ProductRow } from './rows.ts'

interface Category {
  readonly code: string
  readonly name: string
  /** The price range in whole dollars. */
  readonly dollars: readonly [number, number]
  readonly things: readonly string[]
}

/** What the shop sells; the codes are also what customers are interested in. */
export const categories: readonly Category[] = [
  {
    code: 'BOOKS',
    name: 'Books & Maps',
    dollars: [8, 45],
    things: ['Field Guide', 'Atlas', 'Almanac', 'Cookbook', 'Trail Map', 'Knot Handbook', 'Star Chart', 'Notebook'],
  },
  {
    code: 'CAMP',
    name: 'Camp & Trail',
    dollars: [12, 240],
    things: ['Lantern', 'Rucksack', 'Camp Kettle', 'Bedroll', 'Canteen', 'Pocket Knife', 'Tent', 'Compass'],
  },
  {
    code: 'GARDEN',
    name: 'Garden',
    dollars: [4, 95],
    things: ['Trowel', 'Watering Can', 'Seed Box', 'Hand Fork', 'Pruning Shears', 'Bird Feeder', 'Planter', 'Twine'],
  },
  {
    code: 'KITCHEN',
    name: 'Kitchen',
    dollars: [6, 180],
    things: ['Skillet', 'Bread Board', 'Enamel Pot', 'Coffee Mill', 'Apron', 'Mixing Bowl', 'Chef Knife', 'Tea Tin'],
  },
  {
    code: 'MUSIC',
    name: 'Music',
    dollars: [9, 320],
    things: ['Harmonica', 'Ukulele', 'Song Book', 'Metronome', 'Tin Whistle', 'Kalimba', 'Record Crate', 'Tambourine'],
  },
  {
    code: 'PETS',
    name: 'Pets',
    dollars: [3, 70],
    things: ['Dog Lead', 'Cat Basket', 'Chew Rope', 'Food Bowl', 'Brush', 'Travel Blanket', 'Collar', 'Bird Swing'],
  },
  {
    code: 'TOOLS',
    name: 'Tools',
    dollars: [5, 150],
    things: [
      'Hand Plane',
      'Mallet',
      'Folding Rule',
      'Screwdriver Set',
      'Spirit Level',
      'Bench Vise',
      'Chisel',
      'Tool Roll',
    ],
  },
  {
    code: 'TOYS',
    name: 'Toys & Games',
    dollars: [5, 60],
    things: [
      'Spinning Top',
      'Building Blocks',
      'Kite',
      'Marble Run',
      'Chess Set',
      'Jigsaw Puzzle',
      'Yo-Yo',
      'Dominoes',
    ],
  },
]

const makers = [
  'Alder',
  'Bracken',
  'Cooper',
  'Dunmore',
  'Elmhurst',
  'Fairhaven',
  'Gristmill',
  'Hollow Oak',
  'Ironwood',
  'Juniper',
]
const kinds = ['Classic', 'Pocket', 'Heritage', 'Everyday', 'Deluxe', 'Little', 'Weekend', 'Workshop', 'Copper', 'Blue']
const tags = ['NEW', 'GIFT', 'SALE', 'USA', 'ECO', 'HANDMADE']

/** Draws the products; one in thirty has been taken off sale. */
export function drawProducts(count: number): readonly ProductRow[] {
  return Array.from({ length: count }, (_, index) => drawProduct(index + 1))
}

function drawProduct(id: number): ProductRow {
  const category = faker.helpers.arrayElement(categories)
  const thing = faker.helpers.arrayElement(category.things)
  const maker = faker.helpers.arrayElement(makers)
  const [min, max] = category.dollars
  const cents = faker.number.int({ min, max }) * 100 + faker.helpers.arrayElement([0, 25, 49, 95, 99])
  return {
    prod_id: id,
    sku: `${category.code.slice(0, 3)}-${String(id).padStart(5, '0')}`,
    ttl: `${maker} ${faker.helpers.arrayElement(kinds)} ${thing}`,
    descr: chance(4) ? null : describe(thing, maker),
    prc: moneyOf(cents),
    cat_cd: category.code,
    tags: faker.helpers.arrayElements(tags, { min: 0, max: 3 }).join(','),
    act_flg: chance(3) ? 'N' : 'Y',
    crt_dt: localBetween(shopOpened, seedNow),
  }
}

const praises = [
  'made the way it was made when things were meant to last',
  'a favourite of our regulars, and the first thing to sell out each spring',
  'sturdy, plain, and pleasant in the hand',
  'small enough for a coat pocket, good enough for a lifetime',
  'sent in a box that you will want to keep',
]
const materials = [
  'ash and brass',
  'waxed canvas',
  'spun steel',
  'cherry wood',
  'enamel',
  'wool felt',
  'recycled board',
  'oiled leather',
]

function describe(thing: string, maker: string): string {
  return `The ${thing.toLowerCase()} from ${maker}: ${faker.helpers.arrayElement(praises)}. Of ${faker.helpers.arrayElement(materials)}.`
}
