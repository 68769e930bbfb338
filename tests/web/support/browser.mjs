// Debian's Chromium, driven by Playwright; axe-core on what it shows.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const shots = process.env.METERWAY_SHOTS ?? 'shots'

export async function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
}

/// A page of somebody's own browser. What the console tells as an error, what is thrown, and every request that leaves the
/// platform fails the test (`page.faults`).
export async function openPage(browser, portal, { width = 1300, height = 900, keyboard = false } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, baseURL: portal.url, acceptDownloads: true, hasTouch: false })
  const page = await context.newPage()
  page.faults = []
  page.on('pageerror', (error) => page.faults.push(`thrown: ${error.message}`))
  page.on('console', (message) => { if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) page.faults.push(`console: ${message.text()}`) })
  page.on('request', (request) => { if (!request.url().startsWith(portal.url) && !/^(data|blob|about):/.test(request.url())) page.faults.push(`left the machine: ${request.url()}`) })
  page.keyboardOnly = keyboard
  return page
}

/// Goes to a page and waits until it has what it asked for.
export async function visit(page, path) {
  await page.goto(path)
  await settled(page)
}
export async function settled(page) {
  await page.locator('h1').first().waitFor()
  await page.waitForFunction(() => !/Loading…/.test(document.querySelector('main')?.textContent ?? ''))
}

export async function signIn(page, portal, who, next = '/') {
  await visit(page, `/sign-in?next=${encodeURIComponent(next)}`)
  await page.getByLabel('Token').fill(portal.tokens[who])
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
  await settled(page)
}

/// Nothing serious or critical by axe-core (WCAG 2.2 A and AA), no wider than the window, nothing thrown.
export async function sound(page, what) {
  // By the debugger's own world: the page's Content-Security-Policy allows no script that is not the portal's.
  await page.evaluate(axe)
  const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
  const bad = found.violations.filter((one) => one.impact === 'serious' || one.impact === 'critical')
  assert.deepEqual(bad.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`), [], `${what}: axe`)
  const { wide, window } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, window: innerWidth }))
  assert.ok(wide <= window, `${what}: ${wide} px wide in a window of ${window}`)
  assert.deepEqual(page.faults, [], `${what}: faults`)
}

export async function shot(page, name) {
  mkdirSync(shots, { recursive: true })
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true })
}

/// Tab until the element of this role and name has the focus: what somebody without a mouse does. The order must lead there.
export async function tabTo(page, locator, most = 200) {
  for (let n = 0; n < most; ++n) {
    if (await locator.evaluate((element) => element === document.activeElement).catch(() => false)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`not reached with Tab: ${locator}`)
}
export async function press(page, locator, key = 'Enter') {
  await tabTo(page, locator)
  await page.keyboard.press(key)
}
export async function type(page, locator, text) {
  await tabTo(page, locator)
  await page.keyboard.press('Control+A')
  await page.keyboard.type(text)
}
