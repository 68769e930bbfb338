// Every page for every job type, as spec/pages.tsv and spec/permissions.tsv have it and as this test reads them for itself: the
// menu shows what the table gives and nothing else, and a page that is not his says which function it needs. What the interface
// does with each function is tested where it is served (tests/portal/permissions_test.cpp).
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openBrowser, openPage, settled, signIn, visit } from './support/browser.mjs'
import { Portal } from './support/node.mjs'
import { list, table } from './support/spec.mjs'

const pages = table('pages.tsv'), rows = table('permissions.tsv')
const jobTypes = table('job_types.tsv').filter((one) => one.given === 'person')

/// `who`: job types; nobody without a name has none. Officers are officers while a certificate stands behind them: these have none.
function isGiven(page, who, named) {
  const functions = list(page.functions)
  return functions.length === 0 || functions.some((name) => who.includes('operator') || rows.some((row) => row.function === name &&
    list(row.job_types).some((one) => one === 'anybody' || (one === 'anyone' && named) || who.includes(one))))
}

const people = Object.fromEntries(jobTypes.map((one) => [`the.${one.job_type}`, ['DCC', [one.job_type], 'Red']]))
let portal, browser
before(async () => {
  portal = await Portal.start(people)
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await portal?.stop()
})

/// As a link does, without loading everything anew.
async function goTo(page, path) {
  await page.evaluate((to) => {
    history.pushState(null, '', to)
    dispatchEvent(new PopStateEvent('popstate'))
  }, path)
  await settled(page)
}

async function checkPages(page, who, named) {
  let shown = 0, kept = 0
  const menu = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').evaluateAll((all) => all.map((one) => one.getAttribute('href')))
  assert.deepEqual(menu.sort(), pages.filter((one) => one.menu === 'yes' && isGiven(one, who, named)).map((one) => one.path).sort(), 'the menu')
  for (const one of pages) {
    const given = isGiven(one, who, named)
    given ? ++shown : ++kept
    if (given && one.menu !== 'yes') continue   // of one thing, which is not there
    await goTo(page, one.path.replace(/:\w+/g, 'x'))
    if (!given) await page.getByRole('heading', { level: 1, name: one.title, exact: true }).waitFor()
    const text = await page.locator('main').innerText()
    if (given) {
      assert.doesNotMatch(text, /This page needs/, one.path)
      continue
    }
    assert.match(text, /Not permitted/, one.path)
    for (const name of list(one.functions)) assert.ok(text.includes(name), `${one.path} says that it needs ${name}`)
  }
  return { shown, kept }
}

test('nobody without a name has the pages of those who have one', async () => {
  const page = await openPage(browser, portal)
  await visit(page, '/')
  const { kept } = await checkPages(page, [], false)
  assert.ok(kept > 5)
})

for (const { job_type: jobType, verified } of jobTypes) {
  test(`the pages of ${jobType} are those of the table`, async () => {
    const page = await openPage(browser, portal)
    await signIn(page, portal, `the.${jobType}`)
    const { shown } = await checkPages(page, verified === 'yes' ? [] : [jobType], true)
    assert.ok(shown > 5)
    assert.deepEqual(page.faults, [])
    await page.context().close()
  })
}

test('the operator has every page', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'operator')
  const { kept } = await checkPages(page, ['operator'], true)
  assert.equal(kept, 0)
})
