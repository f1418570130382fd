<?xml version="1.0"?>
<!--
  What the provider has no argument for:
  - a lab's disks need not survive a power cut of the hypervisor;
  - nobody looks at a screen, plugs in USB or asks a guest agent: each device has the guest load a driver;
  - the cloud-init disk is for reading, and as such needs no part in a snapshot, which its format could not hold.
  And under software emulation, type qemu:
  - Nehalem is the smallest model that Debian 13's programs run well on;
  - QEMU's own default for the translation cache grows to 1 GiB for each machine, which only the control plane needs.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output omit-xml-declaration="yes"/>
  <xsl:template match="node()|@*">
    <xsl:copy><xsl:apply-templates select="node()|@*"/></xsl:copy>
  </xsl:template>
  <xsl:template match="domain[@type='qemu']/cpu"/>
  <xsl:template match="domain[@type='qemu']/features">
    <xsl:copy>
      <xsl:apply-templates select="node()|@*"/>
      <tcg><tb-cache unit="MiB">${translationCache}</tb-cache></tcg>
    </xsl:copy>
    <cpu mode="custom" match="exact" check="none"><model fallback="forbid">Nehalem</model></cpu>
  </xsl:template>
  <xsl:template match="devices">
    <xsl:copy>
      <xsl:apply-templates select="node()|@*"/>
      <controller type="usb" model="none"/>
      <memballoon model="none"/>
    </xsl:copy>
  </xsl:template>
  <xsl:template match="graphics|channel"/>
  <xsl:template match="disk[@device='disk']/driver">
    <xsl:copy>
      <xsl:apply-templates select="@*"/>
      <xsl:attribute name="cache">unsafe</xsl:attribute>
    </xsl:copy>
  </xsl:template>
  <xsl:template match="disk[target/@dev='vdb']">
    <xsl:copy>
      <xsl:apply-templates select="node()|@*"/>
      <readonly/>
    </xsl:copy>
  </xsl:template>
</xsl:stylesheet>
