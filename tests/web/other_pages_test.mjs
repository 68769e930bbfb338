// What a page of another origin learns of somebody who is signed in, and what a document of records can reach: nothing. Changes and
// words are in security_test.mjs.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { openBrowser, openPage, signIn } from './support/browser.mjs'
import { Portal } from './support/node.mjs'

const kScript = '<script>window.ran = 1</script><img src=x onerror="window.ran = 2">'
let portal, browser, elsewhere, elsewhereUrl, html = ''
before(async () => {
  portal = await Portal.start()
  browser = await openBrowser()
  // Another origin of the same site: a browser sends the cookie along, SameSite or not.
  elsewhere = createServer((asked, answer) => {
    answer.writeHead(200, { 'content-type': 'text/html' })
    answer.end(html)
  })
  await new Promise((done) => elsewhere.listen(0, '127.0.0.1', done))
  elsewhereUrl = `http://127.0.0.1:${elsewhere.address().port}/`
})
after(async () => {
  elsewhere?.close()
  await browser?.close()
  await portal?.stop()
})

test('another page reads nothing, shows no page of the portal inside it, and signs nobody in', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'operator')
  html = `<iframe src="${portal.url}/people"></iframe>
    <form method="post" enctype="text/plain" target="_self" action="${portal.url}/api/v1/session"><input name='{"token":"${portal.tokens.desk}","x":"' value='"}'></form>
    <script>fetch('${portal.url}/api/v1/people', { credentials: 'include' }).then((a) => a.text()).then((t) => { window.read = t }, () => { window.read = 'nothing' })</script>`
  await page.goto(elsewhereUrl)
  await page.waitForFunction(() => window.read !== undefined)
  assert.equal(await page.evaluate(() => window.read), 'nothing')
  const frame = page.frames().find((one) => one !== page.mainFrame())
  assert.ok(!(await frame.content().catch(() => '')).includes('People and roles'))
  const [cookie] = await page.context().cookies()
  const answered = page.waitForResponse((answer) => answer.url().endsWith('/api/v1/session'))
  await page.evaluate(() => document.forms[0].submit())
  assert.equal((await answered).status(), 403)
  assert.equal((await page.context().cookies())[0]?.value, cookie.value, 'he is who he was')
})

test('a document opens without scripts, without the session, and apart from the portal', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'secretary')
  assert.equal((await portal.api('secretary', 'POST', '/ledger/committee', { fields: { code: 'XSS', name: kScript } })).status, 201)
  await page.goto('/api/v1/ledger/committee/XSS/document?format=html')
  assert.equal(await page.evaluate(() => self.origin), 'null')
  assert.equal(await page.evaluate(() => { try { return document.cookie } catch { return 'kept from it' } }), 'kept from it')
  assert.equal(await page.locator('script').count(), 0)
  assert.equal(await page.evaluate(() => window.ran), undefined)
})
