import type { causes } from '../../../../runbooks/disk-io/causes/all.ts';
import type { Truth } from '../truth.ts';

export const truth: Truth<keyof typeof causes> = [
  {
    is: [],
    cases: `
      healthy node-removed busy-a-third waits-a-tenth events-of-long-ago lease-late-now one-other-node-flaps
      not-ready-before-the-window cpu-busy-at-another-time cpu-busy-and-never-late kubelet-agrees`,
  },
  {
    is: [],
    unseen: true,
    cases: 'prometheus-down no-pressure-figures stale-disk-figures other-nodes-unseen queue-not-seen',
  },
  { is: [], why: 'a log floods a disk that has time to spare', cases: 'flood-and-a-calm-disk busy-and-not-saturated' },
  {
    is: [],
    why: 'a process outside all pods works the disk, of which the runbook knows no cause',
    cases: `
      process-of-the-machine host-process-and-a-pull-a-minute large-log-that-does-not-grow quiet-log-beside-another-writer
      writer-on-a-volume-without-a-name loud-log-beside-a-host-process loud-log-that-begins-with-the-stall
      rotated-log-of-always rotated-log-too-small-for-it new-flood-beside-a-volume pulls-beside-a-volume
      pulls-beside-a-volume-and-a-mapper swap-beside-a-volume`,
  },
  {
    is: [],
    perhaps: ['logFlood', 'otherWriter', 'imagePulls'],
    unseen: true,
    cases: 'kubelet-silent-since-the-stall',
  },
  {
    is: [],
    perhaps: ['logFlood'],
    why: 'a flood is there; whether a disk that the kubelet needs was saturated by it, and then, is not settled',
    cases: 'flood-at-another-time disk-under-a-mapper stalled-without-a-busy-disk nearly-saturated',
  },
  {
    is: [],
    perhaps: ['logFlood'],
    why: 'its kubelet and runtime were throttled, ten seconds of flood were over before',
    unseen: true,
    cases: 'recorded-io-stall',
  },
  {
    is: [],
    perhaps: ['otherWriter'],
    why: 'its disk is not the one the kubelet needs',
    cases: 'data-disk-under-a-database',
  },
  {
    is: [],
    perhaps: ['logFlood'],
    why: 'a rotated log or a process of the machine: how much rotation hides, or what was before, does not show',
    cases: 'rotated-log-and-no-time-before rotated-log-that-hardly-grows',
  },
  { is: [], perhaps: ['imagePulls'], unseen: true, cases: 'many-pods-wait calls-not-timed' },
  { is: [], perhaps: ['slowDevice'], unseen: true, cases: 'reads-of-the-disk-not-seen' },
  { is: [], perhaps: ['swapping'], cases: 'no-swap-and-no-memory a-little-swap' },
  { is: [], perhaps: ['slowDevice'], cases: 'slow-disk-of-nobodys-cloud next-to-nothing-moves' },
  { is: [], perhaps: ['cpuStarved'], cases: 'cpu-half-busy cpu-busy-for-a-minute-before' },
  {
    is: [],
    perhaps: ['controlPlane'],
    cases: 'control-plane-node-while-many-flap two-nodes-flap four-of-a-hundred-flap two-of-twelve-flap',
  },
  {
    is: [],
    perhaps: ['logFlood'],
    why: 'a log grows or is large; which disk the tasks wait for, or whether they wait or it grows now, was not seen',
    unseen: true,
    cases: `
      kubelet-alone-slow-log kubelet-alone-two-logs kubelet-alone-rotated-log kubelet-alone-stall-over
      kubelet-alone-no-pressure-told kubelet-alone-answers-once kubelet-alone-uncounted-log kubelet-refused
      kubelet-alone-flood-and-a-silent-pod kubelet-forbidden kubelet-not-scraped-and-asked-too-late`,
  },
  { is: [], why: 'a log floods a disk that has time to spare', unseen: true, cases: 'kubelet-alone-calm' },
  {
    is: [],
    why: 'a process outside all pods works the disk, of which the runbook knows no cause',
    unseen: true,
    cases: `
      kubelet-alone-small-logs kubelet-not-scraped-and-logs-small kubelet-not-scraped-and-half-hidden`,
  },
  {
    is: [],
    perhaps: ['logFlood', 'otherWriter'],
    unseen: true,
    cases: 'kubelet-alone-flood-and-database',
  },
  {
    is: [],
    perhaps: ['logFlood'],
    why: 'its kubelet and runtime were throttled, ten seconds of flood were over before',
    unseen: true,
    cases: 'recorded-io-stall-asked',
  },
  {
    is: ['otherWriter'],
    why: 'a database waits for a disk that writes ten times as much as the log',
    unseen: true,
    cases: 'kubelet-not-scraped-and-log-slow',
  },
  { is: ['slowDevice'], unseen: true, cases: 'kubelet-not-scraped-and-slow-disk' },
  {
    is: ['controlPlane'],
    cases: 'etcd-lost many-nodes-flap one-other-node-flaps-and-leases-wait six-nodes-flap',
  },
  {
    is: [],
    perhaps: ['failingDisk'],
    why: 'it was mounted read-only on purpose, or because the disk fails',
    cases: 'usr-turned-read-only',
  },
  { is: ['failingDisk'], cases: 'disk-with-errors disk-turned-read-only usr-turned-read-only-for-an-error' },
  {
    is: ['logFlood'],
    cases: `
      log-flood log-flood-half-hidden-by-rotation article unauthorized-and-failed-mount saturated-by-its-pressure
      our-clock-is-ahead a-queue-of-thirty two-minutes-before-not-ready calm-for-a-minute healed-eight-minutes-ago
      flood-of-an-old-version flood-on-the-disk-of-etcd error-of-a-detached-volume reads-of-pods-not-collected
      flood-on-the-disk-of-k3s flood-that-is-read-again flood-on-a-disk-of-logs flood-on-a-disk-of-docker
      flood-in-a-directory-that-was-moved`,
  },
  {
    is: ['logFlood'],
    unseen: true,
    cases: `
      objects-forbidden kubelet-not-scraped no-node-exporter flood-and-a-volume-without-a-name`,
  },
  {
    is: ['logFlood'],
    unseen: true,
    cases: `
      kubelet-alone-flood kubelet-not-scraped-but-asked kubelet-not-scraped-and-asked-a-minute-later`,
  },
  { is: ['logFlood'], perhaps: ['otherWriter'], cases: 'flood-beside-a-reader' },
  { is: ['logFlood', 'imagePulls'], cases: 'log-flood-while-pods-pull' },
  { is: ['logFlood', 'otherWriter'], cases: 'log-flood-and-a-database two-pods-share-a-disk' },
  { is: ['logFlood', 'slowDevice'], cases: 'flood-on-a-throttled-volume' },
  {
    is: ['otherWriter'],
    unseen: true,
    cases: 'no-names-and-two-disks kubelet-not-scraped-and-a-volume kubelet-not-scraped-and-a-volume-and-a-mapper',
  },
  {
    is: ['otherWriter'],
    perhaps: ['logFlood'],
    why: 'the same pod: two thirds itself, one third by its log',
    cases: 'article-by-process',
  },
  {
    is: ['otherWriter'],
    cases: `
      backup scan data-disk-of-a-node-that-is-steady small-writer-on-a-slow-disk loud-log-beside-a-scan
      loud-log-beside-a-volume loud-log-beside-a-volume-and-a-mapper`,
  },
  {
    is: ['imagePulls'],
    cases: 'image-pulls pull-under-way flood-beside-a-disk-of-images pulls-to-a-runtime-that-was-moved',
  },
  { is: ['imagePulls'], unseen: true, cases: 'image-pulls-of-an-untold-size' },
  { is: ['logFlood'], perhaps: ['failingDisk'], cases: 'error-of-forty-minutes-ago' },
  { is: ['logFlood'], perhaps: ['controlPlane'], cases: 'flood-while-many-flap' },
  { is: ['swapping'], cases: 'swapping swap-on-one-of-two-disks swap-on-one-of-two-busy-disks' },
  { is: ['slowDevice'], cases: 'throttled-volume throttled-while-it-reads' },
  {
    is: [],
    perhaps: ['slowDevice'],
    cases: 'reads-were-quicker-than-writes disk-asked-one-thing-after-the-other',
  },
  {
    is: [],
    perhaps: ['otherWriter'],
    why: 'it works the disk as ever, and hardly a task waits',
    cases: 'busy-nvme-that-nobody-waits-for',
  },
  { is: ['slowDevice'], perhaps: ['failingDisk'], cases: 'disk-stands-still disk-stands-still-beside-a-log' },
  { is: ['cpuStarved'], cases: 'cpu-exhausted' },
];
