// The names of this project. Every policy is checked against them.
declare module '../lib/policy.ts' {
  interface Register {
    roles: 'owner' | 'admin' | 'member' | 'recruiter' | 'interviewer';
  }
}
export {};
