export { builtProgram, type ManagerUnderTest, Rig, type RigOptions } from './rig.ts';
