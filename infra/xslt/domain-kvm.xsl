<?xml version="1.0"?>
<!--
  What the provider has no argument for:
  - a lab's disks need not survive a power cut of the hypervisor;
  - the cloud-init disk is for reading, and as such needs no part in a snapshot, which its format could not hold.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output omit-xml-declaration="yes"/>
  <xsl:template match="node()|@*">
    <xsl:copy><xsl:apply-templates select="node()|@*"/></xsl:copy>
  </xsl:template>
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
