// The node itself in the browser: what makes it fit for tests alone, its configuration, its health.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Hand, openBrowser, openPage, settled, shot, signIn, sound, visit } from './support/browser.mjs'
import { Portal } from './support/node.mjs'

let portal, browser
before(async () => {
  portal = await Portal.start({ operations: ['DCC', ['operations'], 'Green'] })
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await portal?.stop()
})

test('everybody who is signed in sees on every page what makes the node fit for tests alone, and nobody else does', async () => {
  const page = await openPage(browser, portal)
  await visit(page, '/')
  assert.equal(await page.getByRole('region', { name: 'For tests alone' }).count(), 0)
  await signIn(page, portal, 'tester')
  for (const path of ['/', '/maintenance', '/ledger/incident', '/rules']) {
    await visit(page, path)
    const banner = page.getByRole('region', { name: 'For tests alone' })
    await banner.waitFor()
    assert.match(await banner.innerText(), /check_dates.*test keys/s, path)
    await sound(page, `the banner on ${path}`)
  }
})

test('the desk finds by keyboard alone where a setting comes from, and cannot see the health', async () => {
  const page = await openPage(browser, portal, { keyboard: true })
  const hand = new Hand(page, 'keyboard')
  await hand.signIn(portal, 'desk', '/configuration')
  await hand.type(page.getByLabel('Words in name or meaning'), 'http_port')
  await hand.click(page.getByRole('button', { name: 'Apply' }))
  const row = page.getByRole('row', { name: /^http_port/ })
  await row.filter({ hasText: 'data folder' }).waitFor()
  assert.match(await row.innerText(), /config\.json/)
  assert.equal(new URL(page.url()).searchParams.get('q'), 'http_port', 'the filter is in the URL')
  await sound(page, 'the configuration')
  await shot(page, 'configuration')
  await visit(page, '/health')
  assert.match(await page.locator('main').innerText(), /Not permitted/)
})

test('operations read whether the node takes requests, and the numbers behind it', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'operations', '/health')
  await page.getByRole('row').filter({ hasText: 'clock' }).filter({ hasText: 'ok' }).waitFor()
  await page.getByRole('region', { name: 'Hubs connected' }).getByRole('link').click()
  await settled(page)
  await page.getByRole('row').filter({ hasText: 'meterway_hubs_connected' }).first().waitFor()
  assert.match(await page.getByRole('contentinfo').innerText(), /curl .*\/api\/v1\/health/)
  await sound(page, 'the health')
  await shot(page, 'health')
})

test('both pages fit a telephone', async () => {
  const page = await openPage(browser, portal, { width: 360, height: 780 })
  await signIn(page, portal, 'operations', '/configuration')
  await page.getByRole('row').filter({ hasText: 'check_dates' }).first().waitFor()
  await sound(page, 'the configuration at 360 px')
  await shot(page, 'configuration-360')
  await visit(page, '/health')
  await sound(page, 'the health at 360 px')
  await shot(page, 'health-360')
})
