import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { pages } from 'generated/pages'
import { ask, ended } from '@/lib/api'
import { navigate, useHere } from '@/lib/location'
import { findPage } from '@/lib/page'
import { SessionContext, whoIsIt, type Session, type Who } from '@/lib/session'
import { ZoneContext, keepLocal, readLocal } from '@/lib/time'
import { Announcer, announce } from '@/parts/announce'
import { Empty } from '@/parts/states'
import { Banners } from '@/shell/banners'
import { Foot } from '@/shell/foot'
import { Head } from '@/shell/head'
import { Menu } from '@/shell/menu'

/// The frame: who is signed in, which page the URL names, whether it is for him, and what stands around every page.
export function App({ known, asked }: { known: Who | null; asked: Promise<Who> }) {
  const here = useHere()
  const [who, setWho] = useState(known)
  const [local, setLocal] = useState(readLocal)
  const renew = useCallback(async () => setWho(await whoIsIt()), [])
  const wasIn = useRef(false)
  wasIn.current = who?.signedIn ?? false
  useEffect(() => {
    if (known === null) void asked.then(setWho)
    const tell = () => {
      if (!wasIn.current) return
      wasIn.current = false
      announce('Your session has ended: sign in again')
      void renew()
    }
    ended.addEventListener('ended', tell)
    return () => ended.removeEventListener('ended', tell)
  }, [])
  const session = useMemo<Session>(() => ({
    me: who?.me ?? null,
    signedIn: who?.signedIn ?? false,
    may: (functions) => functions.length === 0 || functions.some((one) => (who?.me?.functions ?? []).includes(one)),
    signOut: async () => {
      await ask('/session', { method: 'DELETE', quiet: true })
      await renew()
      navigate('/sign-in')
    },
    renew,
  }), [who])

  const found = findPage(pages, here.path)
  const title = found ? found.row.title : 'Page not found'
  const main = useRef<HTMLElement>(null)
  const lastPath = useRef(here.path)
  useEffect(() => {
    document.title = `${title} – Meterway`
    if (lastPath.current !== here.path) {   // a new page: its head is read first
      window.scrollTo(0, 0)
      main.current?.focus()
    }
    lastPath.current = here.path
  }, [here.path, title])

  const zone = useMemo(() => ({ local, setLocal: (next: boolean) => { keepLocal(next); setLocal(next) } }), [local])
  const Page = found?.row.component
  return (
    <SessionContext.Provider value={session}>
      <ZoneContext.Provider value={zone}>
        <div class="mw-shell">
          <a href="#main" class="govuk-skip-link" onClick={(e) => { e.preventDefault(); main.current?.focus() }}>Skip to main content</a>
          <Head />
          <Banners />
          <div class="mw-body">
            <Menu path={here.path} />
            <main class="mw-main" id="main" tabIndex={-1} ref={main}>
              {who === null ? <p class="govuk-body" aria-live="polite">Loading…</p>
                : !found || !Page ? <><h1 class="govuk-heading-l">Page not found</h1><p class="govuk-body">There is no page <code>{here.path}</code>. The menu shows those there are.</p></>
                  : !session.may(found.row.functions)
                    ? <><h1 class="govuk-heading-l">{title}</h1><NotPermitted functions={found.row.functions} signedIn={session.signedIn} path={here.path + location.search} /></>
                    : <Page key={here.path} part={found.part} />}
            </main>
          </div>
          <Foot />
          <Announcer />
        </div>
      </ZoneContext.Provider>
    </SessionContext.Provider>
  )
}

function NotPermitted({ functions, signedIn, path }: { functions: string[]; signedIn: boolean; path: string }) {
  return (
    <Empty why="forbidden">
      <p>This page needs {functions.map((one, i) => <>{i > 0 && ' or '}<code key={one}>{one}</code></>)}, which {signedIn ? 'your job types do' : 'nobody without a name does'} not have.</p>
      {!signedIn && <p><a class="govuk-link" href={`/sign-in?next=${encodeURIComponent(path)}`}>Sign in</a></p>}
    </Empty>
  )
}
