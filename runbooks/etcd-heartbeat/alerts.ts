import type { AlertMatch } from '../../engine/runbook.ts';
import { containerEnds } from '../evidence/container-ends.ts';

/** Names are case-sensitive and come in families: etcd's own (etcd-mixin), and those of awesome-prometheus-alerts. */
const names = [
  // heartbeats, elections, peers
  'etcdNoLeader',
  'EtcdNoLeader',
  'etcdHighNumberOfLeaderChanges',
  'EtcdHighNumberOfLeaderChanges',
  'etcdHighNumberOfFailedProposals',
  'EtcdHighNumberOfFailedProposals',
  'etcdHighNumberOfFailedGRPCRequests',
  'EtcdHighNumberOfFailedGrpcRequestsWarning',
  'EtcdHighNumberOfFailedGrpcRequestsCritical',
  'etcdMemberCommunicationSlow',
  'EtcdMemberCommunicationSlow',
  // storage
  'etcdHighFsyncDurations',
  'EtcdHighFsyncDurations',
  'etcdHighCommitDurations',
  'EtcdHighCommitDurations',
  'etcdGRPCRequestsSlow',
  'EtcdGrpcRequestsSlow',
  'etcdGRPCReadRequestsSlow',
  'etcdGRPCWriteRequestsSlow',
  'etcdDatabaseQuotaLowSpace',
  'etcdBackendQuotaLowSpace', // its name until etcd 3.5
  'etcdExcessiveDatabaseGrowth',
  'etcdDatabaseHighFragmentationRatio',
  // members
  'etcdMembersDown',
  'etcdInsufficientMembers',
  'EtcdInsufficientMembers',
  // our own rules: infra/prometheus/rules/etcd.yaml
  'EtcdHeartbeatSendFailures',
  'EtcdLeaderWalSyncSlow',
  'EtcdPeerSendFailures',
  'EtcdPeerRoundTripSlow',
  'EtcdMemberNotAnswering',
] as const;

/** Two jobs are two etcds: kOps, for one, keeps the events in an etcd of their own. */
const about = { family: 'component', component: 'etcd', perJob: true } as const;

export const alerts: readonly AlertMatch[] = [
  ...names.map((name) => ({ name, ...about })),
  { name: 'TargetDown', labels: { job: ['etcd', 'kube-etcd'] }, ...about },
  ...containerEnds('etcd', about),
];
