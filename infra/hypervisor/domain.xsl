<?xml version="1.0"?>
<!--
  Properties of a domain for which the provider has no argument.
  - Disks are files: libvirt's security drivers (AppArmor's virt-aa-helper) do not resolve storage volumes. The provider
    finds the volume of a file again, so it sees no difference.
  - Disks have no write barriers: a lab need not survive a power failure of the hypervisor.
  - No screen, USB, balloon, guest agent: each device makes the guest load a driver.
  - The configuration disk is read-only; snapshots therefore leave it out.
  - The hardware clock follows the virtual clock: a restored machine continues from the time at which it was saved.
  And under software emulation (type qemu):
  - Nehalem is the smallest CPU model that supports all programs of Debian 13.
  - The translation cache is limited; QEMU's default of up to 1 GiB is needed by the control plane only.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output omit-xml-declaration="yes"/>
  <xsl:template match="node()|@*">
    <xsl:copy><xsl:apply-templates select="node()|@*"/></xsl:copy>
  </xsl:template>
  <xsl:template match="domain">
    <xsl:copy>
      <xsl:apply-templates select="node()|@*"/>
      <clock offset="utc"><timer name="rtc" track="guest"/></clock>
    </xsl:copy>
  </xsl:template>
  <xsl:template match="clock"/>
  <xsl:template match="domain[@type='qemu']/cpu">
    <cpu mode="custom" match="exact" check="none"><model fallback="forbid">Nehalem</model></cpu>
  </xsl:template>
  <xsl:template match="domain[@type='qemu']/features">
    <xsl:copy>
      <xsl:apply-templates select="node()|@*"/>
      <tcg><tb-cache unit="MiB">${translationCache}</tb-cache></tcg>
    </xsl:copy>
  </xsl:template>
  <xsl:template match="devices">
    <xsl:copy>
      <xsl:apply-templates select="node()|@*"/>
      <controller type="usb" model="none"/>
      <memballoon model="none"/>
    </xsl:copy>
  </xsl:template>
  <xsl:template match="graphics|channel"/>
  <xsl:template match="disk/@type"><xsl:attribute name="type">file</xsl:attribute></xsl:template>
  <xsl:template match="disk/source"><source file="${poolPath}/{@volume}"/></xsl:template>
  <xsl:template match="disk/driver">
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
