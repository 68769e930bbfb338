import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { ask, setCsrf } from '@/lib/api'

/// Who is signed in, as GET /api/v1/me says, and what he may do.
export interface Me {
  id?: string
  party?: string
  roles?: string[]
  clearance?: string
  functions?: string[]
  [more: string]: unknown
}
export interface Session {
  me: Me | null              // null: nobody is signed in
  signedIn: boolean
  may: (functions: readonly string[]) => boolean   // one of them; none asked for: yes
  signOut: () => Promise<void>
  renew: () => Promise<void> // after signing in
}
export const SessionContext = createContext<Session>({
  me: null, signedIn: false, may: () => false, signOut: async () => undefined, renew: async () => undefined,
})
export const useSession = (): Session => useContext(SessionContext)

export interface Who { me: Me | null; signedIn: boolean }
/// The person of the session's cookie (or of the connection's certificate); his CSRF value is kept for changes.
export async function whoIsIt(): Promise<Who> {
  const [session, me] = await Promise.all([ask<{ csrf?: string }>('/session', { quiet: true }), ask<Me>('/me', { quiet: true })])
  setCsrf(session.ok ? session.value.csrf ?? '' : '')
  const known = me.ok && !(me.value.roles ?? []).includes('public')
  return { me: me.ok ? me.value : null, signedIn: known }
}
