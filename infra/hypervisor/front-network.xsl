<?xml version="1.0"?>
<!-- The provider gives the bridge the network's first address, which is lb's: the bridge gets the hypervisor's. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output omit-xml-declaration="yes"/>
  <xsl:template match="node()|@*">
    <xsl:copy><xsl:apply-templates select="node()|@*"/></xsl:copy>
  </xsl:template>
  <xsl:template match="ip/@address">
    <xsl:attribute name="address">192.168.20.126</xsl:attribute>
  </xsl:template>
</xsl:stylesheet>
